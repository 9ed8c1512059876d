import type { InferenceWorker, RunReply } from '@triptych/inference-core';
import type { OpenModel } from '@triptych/model-families';
import { cosine } from './cosine.js';
import type { SampledTower } from './sampled-tower.js';
import { startTower } from './start-tower.js';

/** How near an int8 encoder is to its float original, and how much faster. */
export interface Comparison {
  /** Of the residual stream after each block, over all tokens of the samples that did not calibrate. */
  readonly layers: readonly {
    readonly block: string;
    readonly meanCosine: number;
    readonly minCosine: number;
  }[];
  /** Of the samples' vectors. */
  readonly meanCosine: number;
  readonly minCosine: number;
  readonly speed: {
    /** What was timed. */
    readonly load: string;
    /** Medians of runs in alternating order. */
    readonly floatMs: number;
    readonly int8Ms: number;
  };
}

const ROUNDS = 7;
const plain = { normalize: false, dimensions: 0, numbers: 'float32' } as const;

/** A tower, and the model directories that hold it in float and in int8. */
export interface TowerPair {
  readonly tower: SampledTower;
  readonly float: OpenModel;
  readonly int8: OpenModel;
}

/** Runs both over their samples, side by side. */
export async function compareTowers(pair: TowerPair, done: () => void): Promise<Comparison> {
  const { tower } = pair;
  const { blocks } = tower.tower;
  const layers = blocks.map(() => new Cosines());
  const vectors = new Cosines();
  const states = blocks.map((_, layer) => ({ output: `state_${layer + 1}`, item: 0, form: plain }));
  await withWorkers(pair, true, async (float, int8) => {
    const others = tower.samples('measuring');
    for (const [i, { feeds, rows }] of tower.samples('measuring').entries()) {
      const [a, b] = await Promise.all([
        float.run({ feeds, rows: [...rows, ...states] }),
        int8.run({ feeds: others[i].feeds, rows: [...rows, ...states] }),
      ]);
      vectors.add(valuesOf(a, 0), valuesOf(b, 0), 1);
      layers.forEach((layer, l) =>
        layer.add(valuesOf(a, l + 1), valuesOf(b, l + 1), a.embeddings[l + 1].shape[0]),
      );
      done();
    }
  });
  return {
    layers: blocks.map((block, l) => ({ block, ...layers[l].result() })),
    ...vectors.result(),
    speed: { load: tower.loadName, ...(await race(pair)) },
  };
}

/** Medians of what the same load takes, in alternating order. */
async function race(pair: TowerPair): Promise<{ floatMs: number; int8Ms: number }> {
  const times: [number[], number[]] = [[], []];
  await withWorkers(pair, false, async (...workers) => {
    for (let round = 0; round <= ROUNDS; round++) {
      for (const which of [0, 1] as const) {
        const { inferenceUs } = await workers[which].run(pair.tower.load());
        // The first run of a shape plans its memory.
        if (round > 0) times[which].push(inferenceUs / 1000);
      }
    }
  });
  const [floatMs, int8Ms] = times.map((all) => all.sort((a, b) => a - b)[all.length >> 1]);
  return { floatMs, int8Ms };
}

/** Both workers for as long as `work` takes. */
async function withWorkers(
  { tower, float, int8 }: TowerPair,
  inspect: boolean,
  work: (float: InferenceWorker, int8: InferenceWorker) => Promise<void>,
): Promise<void> {
  const first = await startTower(float, tower.modality, 'measure', { inspect });
  try {
    const second = await startTower(int8, tower.modality, 'measure', { inspect });
    await work(first, second).finally(() => second.close());
  } finally {
    await first.close();
  }
}

function valuesOf({ embeddings }: RunReply, index: number): Float32Array {
  return new Float32Array(embeddings[index].bytes.buffer);
}

class Cosines {
  #sum = 0;
  #count = 0;
  #min = 1;

  /** Two of the same shape: `rows` vectors each. */
  add(a: Float32Array, b: Float32Array, rows: number): void {
    const width = a.length / rows;
    for (let row = 0; row < rows; row++) {
      const value = cosine(a, b, row * width, width);
      this.#sum += value;
      this.#count++;
      this.#min = Math.min(this.#min, value);
    }
  }

  result(): { meanCosine: number; minCosine: number } {
    return { meanCosine: this.#sum / this.#count, minCosine: this.#min };
  }
}
