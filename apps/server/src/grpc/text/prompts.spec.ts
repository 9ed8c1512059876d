import { convertCheckpoint } from '@triptych/model-families';
import { writeSyntheticCheckpoint } from '@triptych/reference';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoClip, serveDemo, type TestServer, vectorOf } from '../../testing/harness.js';

const words = ['[UNK]', '[CLS]', '[SEP]', 'query', 'passage', ':', 'a', 'red', 'car'];
const tokenizer = {
  added_tokens: [],
  normalizer: { type: 'BertNormalizer', lowercase: true },
  pre_tokenizer: { type: 'BertPreTokenizer' },
  post_processor: { type: 'BertProcessing', cls: ['[CLS]', 1], sep: ['[SEP]', 2] },
  model: {
    type: 'WordPiece',
    vocab: Object.fromEntries(words.map((word, id) => [word, id])),
    unk_token: '[UNK]',
    continuing_subword_prefix: '##',
    max_input_chars_per_word: 100,
  },
};
const config = {
  architectures: ['BertModel'],
  model_type: 'bert',
  hidden_size: 32,
  intermediate_size: 64,
  num_hidden_layers: 1,
  num_attention_heads: 2,
  max_position_embeddings: 32,
  type_vocab_size: 2,
  vocab_size: words.length,
};
const modules = ['Transformer', 'Pooling'].map((kind, i) => ({
  path: i === 0 ? '' : '1_Pooling',
  type: `sentence_transformers.models.${kind}`,
}));

let work: string;
let test: TestServer;
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'triptych-prompts-'));
  const source = join(work, 'hf');
  await writeSyntheticCheckpoint(source, config, {
    'tokenizer.json': JSON.stringify(tokenizer),
    'modules.json': JSON.stringify(modules),
    '1_Pooling/config.json': '{"pooling_mode": "mean"}',
    'config_sentence_transformers.json': JSON.stringify({
      prompts: { query: 'query: ', passage: 'passage: ' },
      default_prompt_name: 'passage',
    }),
  });
  const target = join(work, 'prompted');
  await convertCheckpoint({ source, target, dtype: 'float32', modelName: 'prompted', converterVersion: '1' });
  test = await serveDemo({ models: [target, demoClip] });
});
afterAll(async () => {
  await test.close();
  await rm(work, { recursive: true });
});

async function encode(text: string, promptName?: string) {
  const request = { model: 'prompted', texts: [text], ...(promptName === undefined ? {} : { promptName }) };
  const { stamp, results } = await test.client.encodeTexts(request);
  return { space: stamp?.space, vector: [...vectorOf(results[0])], tokens: results[0].tokens };
}

describe('prompts of a model', () => {
  it('are put before texts by their name, its default one without a name, and none for an empty name', async () => {
    const text = 'a red car';
    const [query, passage] = await Promise.all([encode(text, 'query'), encode(text, 'passage')]);
    expect(query).toEqual(await encode(`query: ${text}`, ''));
    expect(passage).toEqual(await encode(`passage: ${text}`, ''));
    expect(query.vector).not.toEqual(passage.vector);
    expect(query.space).toBe(passage.space);
    expect(await encode(text)).toEqual(passage);
    expect((await encode(text, '')).tokens).toBe(5);
  });

  it('that it does not have are refused with those that there are', async () => {
    await expect(encode('a red car', 'document')).rejects.toMatchObject({
      code: 3,
      details: { reason: 'PROMPT_UNKNOWN', violations: [{ field: 'prompt_name' }] },
      message: expect.stringContaining('no prompt "document"; expected one of "query", "passage"') as string,
    });
    await expect(
      test.client.encodeTexts({ model: 'demo-clip', texts: ['a'], promptName: 'query' }),
    ).rejects.toThrow('no prompt "query"; it has none, so leave prompt_name out');
    // What every object of JavaScript has is no prompt.
    await expect(encode('a red car', 'constructor')).rejects.toMatchObject({ code: 3 });
  });
});
