import { describe, expect, it } from 'vitest';
import { sentenceTower } from './tower.js';

const config = {
  model_type: 'bert',
  hidden_size: 384,
  intermediate_size: 1536,
  num_hidden_layers: 6,
  num_attention_heads: 12,
  max_position_embeddings: 512,
  type_vocab_size: 2,
  vocab_size: 30522,
};

describe("a sentence encoder's tokenizer", () => {
  it('has ids of the table of tokens alone', () => {
    expect(sentenceTower(config, { 'tokenizer.json': '{}' }).tokenizer()).toMatchObject({
      vocabulary: 30522,
    });
  });
});
