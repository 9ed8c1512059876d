import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeEmbedding } from '@triptych/core';
import { createEngine } from '@triptych/engine';
import { convertCheckpoint, inspectModel, readModel, requiredTensors } from '@triptych/model-families';
import { quantizeModel, type QuantizeReport } from '@triptych/quantizer';
import { encodeSafetensors } from '@triptych/weight-loader';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { goldenTokenizer } from './golden-tokenizer.js';
import { syntheticTensor } from './synthetic-weights.js';

const files = goldenTokenizer('bert-uncased');
const config = {
  architectures: ['BertModel'],
  model_type: 'bert',
  hidden_size: 128,
  intermediate_size: 256,
  num_hidden_layers: 3,
  num_attention_heads: 4,
  max_position_embeddings: 64,
  type_vocab_size: 2,
  vocab_size: 30_522,
};
const texts = readFileSync(new URL('../../../examples/texts.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter(Boolean);

let work: string;
let report: QuantizeReport;
const [float, int8] = ['float', 'int8'];

/** One channel of what each norm gives reaches far beyond the others, as in trained encoders. */
function withOutlier(name: string, values: Float32Array): Float32Array {
  return /LayerNorm\.weight$/.test(name) ? values.map((value, c) => (c === 7 ? 12 : value)) : values;
}

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'triptych-post-norm-'));
  const source = join(work, 'hf');
  await mkdir(source);
  const tensors = [...requiredTensors(readModel({ config, files }))].map(([name, shape]) => ({
    name,
    shape,
    values: withOutlier(name, syntheticTensor(name, shape)),
  }));
  await writeFile(join(source, 'config.json'), JSON.stringify(config));
  for (const [name, text] of Object.entries(files)) await writeFile(join(source, name), text);
  await writeFile(join(source, 'model.safetensors'), encodeSafetensors(tensors));
  const target = join(work, float);
  await convertCheckpoint({ source, target, dtype: 'float32', modelName: float, converterVersion: '1' });
  const inputs = { audio: [], images: [], texts };
  report = await quantizeModel({
    source: target,
    target: join(work, int8),
    modelName: int8,
    inputs,
    converterVersion: '1',
  });
});
afterAll(() => rm(work, { recursive: true }));

describe('an encoder whose norms come after sums, in int8', () => {
  it('has outlier channels evened out on the way to its products, which are in int8 then', () => {
    const [{ sites, minCosine }] = report.towers;
    expect(report.written).toBe(true);
    expect(minCosine).toBeGreaterThanOrEqual(0.99);
    const behindNorms = sites.filter(({ name }) => name === 'mlp in' || name === 'attention in');
    expect(behindNorms).toHaveLength(6);
    for (const { error } of behindNorms) expect(error).toBeLessThan(1e-3);
    expect(behindNorms.filter(({ int8: isInt8 }) => isInt8).length).toBeGreaterThanOrEqual(4);
  });

  it('stores the factors as tensors, which the model is complete with', async () => {
    const { tensors, check } = await inspectModel(join(work, int8));
    expect(check).toEqual({ missing: [], misshapen: [], unused: [] });
    const factors = tensors.filter(({ name }) => name.endsWith('.input_factors'));
    expect(factors.map(({ name, shape, dtype }) => [name, String(shape), dtype])).toContainEqual([
      'encoder.layer.1.intermediate.dense.input_factors',
      '128',
      'float32',
    ]);
  });

  it('serves vectors near those of float', async () => {
    const engine = await createEngine({ models: [join(work, int8), join(work, float)] });
    const vectors = async (model: string) => {
      const { results } = await engine.encodeTexts({
        model,
        texts: ['a car on the beach', 'two wine glasses'],
      });
      return results.map((result) => {
        if ('error' in result) throw result.error;
        return decodeEmbedding(result.embedding.bytes, 'float32', 0);
      });
    };
    const [a, b] = [await vectors(int8), await vectors(float)];
    a.forEach((vector, i) =>
      expect(vector.reduce((sum, value, d) => sum + value * b[i][d], 0)).toBeGreaterThan(0.99),
    );
    await engine.close();
  });
});
