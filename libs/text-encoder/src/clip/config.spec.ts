import { describe, expect, it } from 'vitest';
import { endOfText, readTextConfig } from './config.js';

const fields = {
  hidden_size: 512,
  intermediate_size: 2048,
  num_hidden_layers: 12,
  num_attention_heads: 8,
  max_position_embeddings: 77,
  vocab_size: 49408,
};
const read = (more: object = {}) =>
  readTextConfig({ projection_dim: 512, text_config: { ...fields, ...more } });

describe('the end of a text', () => {
  it('is the first token of its id', () => {
    const config = read({ eos_token_id: 7 });
    expect(endOfText([1, 9, 7, 7], config)).toBe(2);
    expect(endOfText([1, 9], config)).toBe(-1);
  });

  it('is the token of the highest id where the configuration says 2, as OpenAI’s does, or nothing', () => {
    for (const config of [read({ eos_token_id: 2 }), read()])
      expect(endOfText([2, 5, 49407, 3], config)).toBe(2);
  });
});

describe("a CLIP checkpoint's text configuration", () => {
  it('is refused with every bad field named by its path', () => {
    expect(() => read({ vocab_size: 0, num_attention_heads: 7 })).toThrow(
      /text_config.hidden_size must be a multiple of num_attention_heads.*text_config.vocab_size must be a positive integer, found 0/,
    );
  });
});
