import { describe, expect, it } from 'vitest';
import { smallTokenizer } from './testing/small-tokenizer.js';
import { openTokenizer } from './tokenizer.js';

const vocabulary = {
  a: 0,
  b: 1,
  'a</w>': 2,
  'b</w>': 3,
  'ab</w>': 4,
  '<|startoftext|>': 5,
  '<|endoftext|>': 6,
};
const small = smallTokenizer(vocabulary, ['a b</w>']);
const frame = { before: 1, after: 1 };

describe('a tokenizer', () => {
  const tokenize = openTokenizer({ json: JSON.stringify(small), frame });

  it('puts what its post-processor says around a text', () => {
    expect(tokenize('AB  a', 10)).toEqual({ ids: [5, 4, 2, 6], untruncated: 4 });
  });

  it('cuts at the context, and keeps the end', () => {
    expect(tokenize('a b a b', 4)).toEqual({ ids: [5, 2, 3, 6], untruncated: 6 });
    expect(tokenize('', 4).ids).toEqual([5, 6]);
  });

  it('takes special tokens for what they are as they are written, and not otherwise', () => {
    expect(tokenize('a<|endoftext|>b', 9).ids).toEqual([5, 2, 6, 3, 6]);
    expect(tokenize('<|endoftext|>'.repeat(2000), 9).untruncated).toBe(2002);
  });

  it('may put nothing around a text, or a token after it alone', () => {
    const bare = { ...small, post_processor: null };
    const none = openTokenizer({ json: JSON.stringify(bare), frame: { before: 0, after: 0 } });
    expect(none('a b a b', 3)).toEqual({ ids: [2, 3, 2], untruncated: 4 });
    const single = [{ Sequence: { id: 'A', type_id: 0 } }, { SpecialToken: { id: 'end', type_id: 0 } }];
    const ended = {
      ...small,
      post_processor: {
        type: 'TemplateProcessing',
        single,
        special_tokens: { end: { id: 'end', ids: [6], tokens: ['<|endoftext|>'] } },
      },
    };
    const after = openTokenizer({ json: JSON.stringify(ended), frame: { before: 0, after: 1 } });
    expect(after('a b a b', 3)).toEqual({ ids: [2, 3, 6], untruncated: 5 });
    const once = openTokenizer({
      json: JSON.stringify(ended),
      frame: { before: 0, after: 1, endsOnce: true },
    });
    expect(once('a<|endoftext|>', 9)).toEqual({ ids: [2, 6], untruncated: 2 });
    expect(once('a<|endoftext|>b', 3)).toEqual({ ids: [2, 6], untruncated: 4 });
  });

  it('lowers capitals first where its family does, once or always', () => {
    const replaced = { type: 'Replace', pattern: { String: 'A' }, content: 'b' };
    const opened = (normalizers: readonly object[], cleaning: 'lowercase' | 'lowercase-once') =>
      openTokenizer({
        json: JSON.stringify({ ...small, normalizer: { type: 'Sequence', normalizers } }),
        frame,
        cleaning: [cleaning],
      })('A', 9).ids;
    expect(opened([replaced], 'lowercase-once')).toEqual([5, 2, 6]);
    expect(opened([replaced, { type: 'Lowercase' }], 'lowercase-once')).toEqual([5, 3, 6]);
    expect(opened([replaced, { type: 'Lowercase' }], 'lowercase')).toEqual([5, 2, 6]);
  });

  it('has no id that the encoder has no row for', () => {
    const opened = (json: object, vocabulary: number) => () =>
      openTokenizer({ json: JSON.stringify(json), frame, vocabulary });
    expect(opened(small, 7)).not.toThrow();
    expect(opened(small, 6)).toThrow(
      /model.vocab has id 6; added_tokens has id 6; post_processor has id 6; the encoder takes ids below 6, the vocab_size/,
    );
    const more = { ...small, added_tokens: [...small.added_tokens, { id: 7, content: '<mask>' }] };
    expect(opened(more, 7)).toThrow(/tokenizer.json: added_tokens has id 7; the encoder takes ids below 7/);
    expect(opened(more, 8)).not.toThrow();
  });

  it('says which file is broken, and how many tokens were expected around a text', () => {
    const opened =
      (json: string, before = 1) =>
      () =>
        openTokenizer({ json, frame: { before, after: 1 } });
    expect(opened('{')).toThrow(/tokenizer.json: not valid JSON/);
    expect(opened('{}')).toThrow(/does not describe a tokenizer/);
    expect(opened(JSON.stringify(small), 0)).toThrow(
      /puts 2 tokens around a text; expected 0 before and 1 after/,
    );
  });
});
