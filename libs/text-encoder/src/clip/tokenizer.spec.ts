import { TextPreprocessor } from '@triptych/preprocessing';
import { describe, expect, it, vi } from 'vitest';
import { clipTokenizer } from './tokenizer.js';

const vocabulary = {
  a: 0,
  b: 1,
  'a</w>': 2,
  'b</w>': 3,
  'ab</w>': 4,
  '<|startoftext|>': 5,
  '<|endoftext|>': 6,
};
const files = { 'vocab.json': JSON.stringify(vocabulary), 'merges.txt': '#version: 0.2\na b</w>\n' };

describe('a CLIP tokenizer', () => {
  it('is made of a vocabulary and merges where there is no tokenizer.json, and not on this thread', async () => {
    const parse = vi.spyOn(JSON, 'parse');
    const texts = await TextPreprocessor.start({ name: 'made', tokenizer: clipTokenizer(files, 7) });
    expect(parse.mock.calls.filter(([text]) => text.includes('</w>'))).toEqual([]);
    parse.mockRestore();
    expect(await texts.tokenize('AB  a', 10)).toMatchObject({ ids: [5, 4, 2, 6], untruncated: 4 });
    await texts.close();
  });

  it('is the tokenizer.json where there is one', () => {
    const found = clipTokenizer({ ...files, 'tokenizer.json': '{}', 'tokenizer_config.json': '{"a":1}' }, 7);
    expect(found).toEqual({ json: '{}', config: '{"a":1}', frame: { before: 1, after: 1 }, vocabulary: 7 });
  });

  it('says which file is missing or broken', async () => {
    expect(() => clipTokenizer({}, 7)).toThrow(/expected tokenizer.json, or vocab.json and merges.txt/);
    const broken = clipTokenizer({ ...files, 'vocab.json': '{' }, 7);
    await expect(TextPreprocessor.start({ name: 'broken', tokenizer: broken })).rejects.toMatchObject({
      reason: 'WEIGHTS_CORRUPT',
      message: expect.stringMatching(/vocab.json: not valid JSON/) as string,
    });
  });
});
