import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InferenceWorker } from '@triptych/inference-core';
import {
  bertGraph,
  bertInputs,
  bertOutputs,
  readBertConfig,
  readSentencePipeline,
} from '@triptych/text-encoder';
import { describe, expect, it } from 'vitest';
import { lowestCosine, pickRows, relativeError } from './compare.js';
import { readGolden } from './golden.js';
import { syntheticWeights } from './synthetic-weights.js';

// Another folder of golden files, made with --full, has the official sizes.
const folder = process.env['GOLDEN_DIR'] ?? fileURLToPath(new URL('../golden/sentence/', import.meta.url));
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.safetensors'))
  .map((file) => file.slice(0, -'.safetensors'.length));

/** Of every hidden state and vector of float32 weights. */
const COSINE = 1 - 1e-9;
/** Of magnitude and angle: difference ÷ length. */
const RELATIVE = 5e-5;

const form = { normalize: false, dimensions: 0, numbers: 'float32' } as const;

/** What the reference script does behind the encoder. */
const pipelineOf = (width: number) =>
  readSentencePipeline({
    'modules.json': JSON.stringify(
      ['Transformer', 'Pooling', 'Dense', 'Normalize'].map((kind, idx) => ({
        path: idx === 0 ? '' : `${idx}_${kind}`,
        type: `sentence_transformers.models.${kind}`,
      })),
    ),
    '1_Pooling/config.json': '{"pooling_mode_mean_tokens": true}',
    '2_Dense/config.json': JSON.stringify({ in_features: width, out_features: 48 }),
  });

describe.each(names)('%s against the reference', (name) => {
  it('has its hidden states, pooled vectors and sentence vectors', async () => {
    const golden = await readGolden(join(folder, `${name}.safetensors`));
    const config = readBertConfig(JSON.parse(golden.metadata['config']) as Record<string, unknown>);
    const { width } = config.blocks;
    const graph = bertGraph(config, pipelineOf(width), { inspect: true });
    const worker = await InferenceWorker.start({
      name,
      threads: 2,
      graph: () => graph,
      weights: () => Promise.resolve(syntheticWeights(graph.weights)),
    });
    const worst: Record<string, number> = {};
    for (const item of golden.items) {
      const ids = golden.integers(item, 'ids');
      const data = BigInt64Array.from(ids, BigInt).buffer;
      const wanted = [
        ...Array.from({ length: config.layers + 1 }, (_, i) => `state_${i}`),
        ...Object.values(bertOutputs),
      ];
      const { embeddings } = await worker.run({
        feeds: { [bertInputs.ids]: { type: 'int64', dims: [1, ids.length], data } },
        rows: wanted.map((output) => ({ output, item: 0, form })),
      });
      embeddings.forEach(({ bytes }, i) => {
        const output = wanted[i];
        const isRows = output === 'tokens' || output.startsWith('state_');
        const values = new Float32Array(bytes.buffer);
        const found = isRows ? pickRows(values, golden.integers(item, 'rows'), width) : values;
        const expected = golden.floats(item, output);
        const size = isRows ? width : expected.length;
        const [kind] = output.split('_');
        const far = 1 - lowestCosine(found, expected, size);
        const error = relativeError(found, expected, size);
        worst[`${kind} 1 − cosine`] = Math.max(worst[`${kind} 1 − cosine`] ?? 0, far);
        worst[`${kind} relative error`] = Math.max(worst[`${kind} relative error`] ?? 0, error);
        expect(1 - far, `${item}, ${output}`).toBeGreaterThanOrEqual(COSINE);
        expect(error, `${item}, ${output}`).toBeLessThanOrEqual(RELATIVE);
      });
    }
    await worker.close();
    console.log(`${name}: ${JSON.stringify(worst)}`);
  });
});
