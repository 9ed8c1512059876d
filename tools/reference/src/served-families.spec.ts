import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodeEmbedding } from '@triptych/core';
import { createEngine, type Engine } from '@triptych/engine';
import { convertCheckpoint } from '@triptych/model-families';
import { encodeSafetensors } from '@triptych/weight-loader';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { goldenTokenizer } from './golden-tokenizer.js';
import { imagesDirectory } from './golden.js';
import { writeSyntheticCheckpoint } from './synthetic-checkpoint.js';
import { syntheticTensor } from './synthetic-weights.js';

const golden = fileURLToPath(new URL('../golden/', import.meta.url));

/** A folder of the real all-MiniLM-L6-v2. */
const miniLm = process.env['MINILM_DIR'];

let work: string;
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'triptych-families-'));
});
afterAll(() => rm(work, { recursive: true }));

async function serve(source: string, name: string): Promise<Engine> {
  const target = join(work, name);
  await convertCheckpoint({ source, target, dtype: 'float32', converterVersion: '1' });
  return createEngine({ models: [target] });
}

async function vectorsOf(engine: Engine, texts: readonly string[]): Promise<Float32Array[]> {
  const { results } = await engine.encodeTexts({ texts });
  return results.map((result) => {
    if ('error' in result) throw result.error;
    return decodeEmbedding(result.embedding.bytes, 'float32', 0);
  });
}

const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, i) => sum + value * b[i], 0);

describe('a checkpoint of sentence-transformers', () => {
  it('is converted with the folders of its modules, and serves what its pipeline makes', async () => {
    const source = join(work, 'sentence-hf');
    const config = {
      architectures: ['XLMRobertaModel'],
      model_type: 'xlm-roberta',
      hidden_size: 64,
      intermediate_size: 128,
      num_hidden_layers: 2,
      num_attention_heads: 4,
      max_position_embeddings: 130,
      type_vocab_size: 1,
      vocab_size: 12_000,
      pad_token_id: 1,
    };
    await writeSyntheticCheckpoint(source, config, goldenTokenizer('xlm-roberta'));
    const kinds = ['Transformer', 'Pooling', 'Dense', 'Normalize'];
    const modules = kinds.map((kind, i) => ({
      path: i === 0 ? '' : `${i}_${kind}`,
      type: `sentence_transformers.models.${kind}`,
    }));
    await writeFile(join(source, 'modules.json'), JSON.stringify(modules));
    await writeFile(join(source, 'sentence_bert_config.json'), '{"max_seq_length": 64}');
    for (const [folder, fields] of [
      ['1_Pooling', { pooling_mode_mean_tokens: true }],
      ['2_Dense', { in_features: 64, out_features: 48 }],
    ] as const) {
      await mkdir(join(source, folder));
      await writeFile(join(source, folder, 'config.json'), JSON.stringify(fields));
    }
    const dense = [
      { name: 'linear.weight', shape: [48, 64] },
      { name: 'linear.bias', shape: [48] },
    ].map(({ name, shape }) => ({ name, shape, values: syntheticTensor(`2_Dense.${name}`, shape) }));
    await writeFile(join(source, '2_Dense', 'model.safetensors'), encodeSafetensors(dense));

    const engine = await serve(source, 'sentence');
    const [found, long] = await vectorsOf(engine, ['Tous les êtres humains', 'human beings '.repeat(200)]);
    expect(found).toHaveLength(48);
    expect(dot(found, found)).toBeCloseTo(1, 6);
    expect(long).not.toEqual(found);
    const { results } = await engine.encodeTexts({ texts: ['human beings '.repeat(200)] });
    expect(results).toMatchObject([{ tokens: 64, truncated: true }]);
    await engine.close();
  });

  it.runIf(miniLm !== undefined)(
    'all-MiniLM-L6-v2 gives the similarities of sentence-transformers',
    async () => {
      const engine = await serve(String(miniLm), 'minilm');
      const { pairs } = JSON.parse(
        await readFile(join(golden, 'sentence', 'minilm-similarities.json'), 'utf8'),
      ) as { pairs: { texts: string[]; similarity: number }[] };
      let worst = 0;
      for (const { texts, similarity } of pairs) {
        const [a, b] = await vectorsOf(engine, texts);
        worst = Math.max(worst, Math.abs(dot(a, b) - similarity));
      }
      await engine.close();
      console.log(`all-MiniLM-L6-v2: ${pairs.length} similarities differ by at most ${worst}`);
      expect(worst).toBeLessThanOrEqual(1e-5);
    },
  );
});

describe('a SigLIP checkpoint', () => {
  it('classifies each label by itself, by its learned scale and bias', async () => {
    const source = join(work, 'siglip-hf');
    const tower = { hidden_size: 64, intermediate_size: 128, num_hidden_layers: 2, num_attention_heads: 4 };
    const config = {
      architectures: ['SiglipModel'],
      model_type: 'siglip',
      vision_config: { ...tower, image_size: 64, patch_size: 16 },
      text_config: { ...tower, vocab_size: 12_000, max_position_embeddings: 64 },
    };
    await writeSyntheticCheckpoint(source, config, goldenTokenizer('siglip2'));
    const engine = await serve(source, 'siglip');
    const items = [{ image: { encoded: readFileSync(join(imagesDirectory, 'photo-420.jpg')) } }];
    const labels = ['Human Beings', 'freedom', 'a spirit of brotherhood'];
    const sentences = labels.map((label) => ({ text: `a photo of a ${label}` }));
    const { scores: cosines } = await engine.similarity({ queries: items, candidates: sentences });
    const { classifications } = await engine.classify({ items, labels });
    const expected = [...cosines].map((cosine) => 1 / (1 + Math.exp(12 - 100 * cosine)));
    const [found] = classifications;
    if ('error' in found) throw found.error;
    expect(found.labels).toHaveLength(3);
    for (const { index, score } of found.labels) expect(score).toBeCloseTo(expected[index], 5);
    expect(found.labels.reduce((sum, { score }) => sum + score, 0)).not.toBeCloseTo(1, 3);

    // Gemma's tokenizer lowers what SigLIP 2 reads, and texts are filled up to 64 tokens.
    const [capital, small] = await vectorsOf(engine, ['HUMAN beings', 'human beings']);
    expect(capital).toEqual(small);
    await engine.close();
  });
});
