import { describe, expect, it } from 'vitest';
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
const files = { 'vocab.json': JSON.stringify(vocabulary), 'merges.txt': '#version: 0.2\na b</w>\n' };

describe('a CLIP tokenizer', () => {
  const tokenize = openTokenizer(files);

  it('is made of a vocabulary and merges where there is no tokenizer.json', () => {
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

  it('says which file is missing or broken', () => {
    expect(() => openTokenizer({})).toThrow(/expected tokenizer.json, or vocab.json and merges.txt/);
    expect(() => openTokenizer({ 'tokenizer.json': '{' })).toThrow(/tokenizer.json: not valid JSON/);
    expect(() => openTokenizer({ 'tokenizer.json': '{}' })).toThrow(/does not describe a tokenizer/);
  });
});
