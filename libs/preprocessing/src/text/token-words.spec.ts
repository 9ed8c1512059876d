import { describe, expect, it, vi } from 'vitest';
import { byteCharacters } from './byte-characters.js';
import { TextPreprocessor } from './text-preprocessor.js';
import { tokenTable, tokenWords } from './token-words.js';

const textOf = (json: object, tokens: readonly number[]) =>
  Buffer.from(tokenWords(structuredClone(tokenTable(json as never)))(tokens)).toString();

/** As byte-level vocabularies spell a text. */
const spelled = (text: string) => [...Buffer.from(text)].map((byte) => byteCharacters[byte]).join('');

const [first, second] = [...Buffer.from('é')].map((byte) => byteCharacters[byte]);
const bytes = {
  model: { type: 'BPE', vocab: { [spelled(' two')]: 0, [first]: 1, [second]: 2, '<|end|>': 3 }, merges: [] },
  added_tokens: [
    { id: 3, content: '<|end|>', special: true, normalized: false },
    { id: 9, content: '<plain>', special: false, normalized: false },
  ],
  pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, use_regex: true },
};
const pieces = {
  model: { type: 'WordPiece', vocab: { do: 0, not: 1, '##able': 2, '.': 3, '[SEP]': 4 } },
  added_tokens: [{ id: 4, content: '[SEP]', special: true }],
};

describe('the words of tokens', () => {
  it('are the bytes of a byte-level tokenizer, a character cut in two among them; special and unknown tokens are none', () => {
    expect(textOf(bytes, [0, 1, 2, 3, 9, 7, 500])).toBe(' twoé<plain>');
    expect([...tokenWords(tokenTable(bytes))([1])]).toEqual([...Buffer.from('é')].slice(0, 1));
  });

  it('are the pieces of WordPiece put together, and cleaned up unless its decoder says otherwise', () => {
    expect(textOf(pieces, [0, 2, 4, 0, 1, 3])).toBe('doable do not.');
    const decoder = { type: 'WordPiece', prefix: '##', cleanup: false };
    expect(textOf({ ...pieces, decoder }, [0, 1, 3])).toBe('do not .');
  });

  it('are those of no other model', () => {
    for (const json of [
      {},
      { model: { type: 'Unigram', vocab: [['a', 0]] } },
      { ...pieces, decoder: { type: 'ByteLevel' } },
    ])
      expect(() => tokenTable(json as never)).toThrow(/expected a BPE model of bytes, or a WordPiece model/);
  });

  it('come from the worker, which alone parses the tokenizer', async () => {
    const parse = vi.spyOn(JSON, 'parse');
    const json = JSON.stringify({ ...bytes, post_processor: { type: 'ByteLevel' } });
    const tokenizer = { json, frame: 'none', vocabulary: 10, hasWords: true } as const;
    const texts = await TextPreprocessor.start({ name: 'words', tokenizer });
    expect(Buffer.from(texts.words([0, 3])).toString()).toBe(' two');
    expect(parse.mock.calls.filter(([text]) => text.includes('vocab'))).toEqual([]);
    parse.mockRestore();
    await texts.close();
    const plain = await TextPreprocessor.start({ name: 'plain', tokenizer: { json, frame: 'none' } });
    expect(() => plain.words([0])).toThrow('does not ask for words');
    await plain.close();
  });
});
