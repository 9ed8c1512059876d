import { InferenceWorker, type OnnxGraph, type RunRequest } from '@triptych/inference-core';
import { expect } from 'vitest';
import { lowestCosine, pickRows, relativeError } from './compare.js';
import type { Golden } from './golden.js';
import { syntheticWeights } from './synthetic-weights.js';

/** Of every hidden state and vector of float32 weights. */
const COSINE = 1 - 1e-9;
/** Of magnitude and angle: difference ÷ length. */
const RELATIVE = 5e-5;

const form = { normalize: false, dimensions: 0, numbers: 'float32' } as const;

/** A graph with synthetic weights, held to a golden file output by output; notes the largest differences. */
export class Parity {
  readonly worst: Record<string, number> = {};

  private constructor(
    private readonly worker: InferenceWorker,
    private readonly golden: Golden,
  ) {}

  static async start(graph: OnnxGraph, golden: Golden): Promise<Parity> {
    const weights = () => Promise.resolve(syntheticWeights(graph.weights));
    const name = golden.metadata['model'];
    return new Parity(await InferenceWorker.start({ name, threads: 2, graph: () => graph, weights }), golden);
  }

  /** Compares an item's hidden states, and its other outputs; of those that are a row a token, the rows of the golden file. */
  async compare(
    item: string,
    feeds: RunRequest['feeds'],
    layers: number,
    outputs: readonly string[],
  ): Promise<void> {
    const { golden, worker, worst } = this;
    const names = [...Array.from({ length: layers + 1 }, (_, i) => `state_${i}`), ...outputs];
    const { embeddings } = await worker.run({
      feeds,
      rows: names.map((output) => ({ output, item: 0, form })),
    });
    embeddings.forEach(({ bytes, shape }, i) => {
      const output = names[i];
      const values = new Float32Array(bytes.buffer);
      const [width] = shape.slice(-1);
      const found = shape.length > 1 ? pickRows(values, golden.integers(item, 'rows'), width) : values;
      const expected = golden.floats(item, output);
      const far = 1 - lowestCosine(found, expected, width);
      const error = relativeError(found, expected, width);
      for (const [what, value] of [
        ['1 − cosine', far],
        ['relative error', error],
      ] as const) {
        const key = `${output.split('_')[0]}, ${what}`;
        worst[key] = Math.max(worst[key] ?? 0, value);
      }
      expect(1 - far, `${item}, ${output}`).toBeGreaterThanOrEqual(COSINE);
      expect(error, `${item}, ${output}`).toBeLessThanOrEqual(RELATIVE);
    });
  }

  close(): Promise<void> {
    return this.worker.close();
  }
}
