import { describe, expect, it } from 'vitest';
import { readBertConfig } from './config.js';
import { sentenceTower } from './tower.js';

const fields = {
  model_type: 'bert',
  hidden_size: 384,
  intermediate_size: 1536,
  num_hidden_layers: 6,
  num_attention_heads: 12,
  max_position_embeddings: 512,
  type_vocab_size: 2,
  vocab_size: 30522,
};
const roberta = { ...fields, model_type: 'xlm-roberta', max_position_embeddings: 514, type_vocab_size: 1 };

describe("a sentence encoder's configuration", () => {
  it('gives a text as many tokens as there are positions, which begin behind the padding in RoBERTa', () => {
    expect(sentenceTower(fields).maxTokens).toBe(512);
    expect(sentenceTower(roberta).maxTokens).toBe(512);
    expect(sentenceTower({ ...roberta, pad_token_id: 3 }).maxTokens).toBe(510);
    const files = { 'tokenizer_config.json': '{"model_max_length": 128}' };
    expect(sentenceTower(fields, files).maxTokens).toBe(128);
  });

  it('asks for every weight of the encoder, in the shapes that the checkpoint has', () => {
    const { weights } = sentenceTower(fields).graph();
    expect(weights.size).toBe(3 + 2 + 6 * 16);
    expect(weights.get('encoder.layer.5.attention.self.query.weight')).toEqual([384, 384]);
    expect(weights.get('embeddings.word_embeddings.weight')).toEqual([30522, 384]);
  });

  it('bounds a batch by its tokens, and has texts of one length in it', () => {
    const { key, maxBatch } = sentenceTower(fields);
    const item = (length: number) => ({
      ids: Array<number>(length).fill(1),
      pooling: 'mean' as const,
      form: { normalize: true, dimensions: 0, numbers: 'float32' as const },
    });
    expect([3, 128, 300, 512].map((length) => maxBatch(item(length)))).toEqual([32, 32, 13, 8]);
    expect(key(item(3))).not.toBe(key(item(4)));
  });

  it.each([
    [{ hidden_act: 'relu' }, /hidden_act must be one of gelu, .* found "relu"/],
    [{ position_embedding_type: 'relative_key' }, /position_embedding_type must be one of absolute/],
    [{ auto_map: { AutoModel: 'modeling.Model' } }, /auto_map must not name a model of its own code/],
    [{ model_type: 'roberta', pad_token_id: -2 }, /pad_token_id must be an integer from 0 to 509, found -2/],
    [
      { model_type: 'roberta', pad_token_id: 510 },
      /pad_token_id must be an integer from 0 to 509, found 510/,
    ],
    [{ model_type: 'roberta', pad_token_id: 0.5 }, /pad_token_id must be an integer/],
    [
      { model_type: 'mpnet', relative_attention_num_buckets: 64 },
      /relative_attention_num_buckets must be 32/,
    ],
    [{ is_decoder: true }, /is_decoder must be false/],
    [{ model_type: 'deberta-v2' }, /model_type must be one of bert, roberta, xlm-roberta, mpnet/],
    [{ hidden_size: 100, vocab_size: 0 }, /multiple of num_attention_heads.*vocab_size must be a positive/],
  ])('%j is refused by name', (change, message) => {
    expect(() => readBertConfig({ ...fields, ...change })).toThrow(message);
  });
});
