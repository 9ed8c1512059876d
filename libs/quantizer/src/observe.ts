import { observed, type QuantizationSite, type RowRequest } from '@triptych/inference-core';
import type { OpenModel } from '@triptych/model-families';
import type { SampledTower } from './sampled-tower.js';
import { startTower } from './start-tower.js';

/** What a site reads, of all samples. */
export interface Observation {
  /** Smallest and largest value of each channel, of every token. */
  readonly minima: Float32Array;
  readonly maxima: Float32Array;
  /** Some of the tokens, one after the other. */
  readonly rows: Float32Array<ArrayBuffer>;
}

/** Tokens that are kept of a site: enough that products with them stand for all, few enough to try many things with. */
const ROWS = 512;
/** Tokens of a sample that are looked at for those, a prime: no rhythm of the input is met. */
const STEP = 3;

const plain = { normalize: false, dimensions: 0, numbers: 'float32' } as const;

/** Runs a float model over its samples and watches what every site reads. */
export async function observe(
  { modality, tower, samples: samplesFor }: SampledTower,
  model: OpenModel,
  done: () => void,
): Promise<Map<QuantizationSite, Observation>> {
  const { sites } = tower;
  const worker = await startTower(model, modality, 'observe', { observe: STEP });
  try {
    const samples = samplesFor('calibrating');
    const keep = Math.ceil(ROWS / samples.length);
    const gathered = new Map(sites.map((site) => [site, new Gathered()]));
    for (const { feeds } of samples) {
      const wanted = sites.flatMap(({ weights: [weight] }): RowRequest[] => [
        { output: observed.range(weight), form: plain },
        { output: observed.rows(weight), form: plain },
      ]);
      const { embeddings } = await worker.run({ feeds, rows: wanted.map((row) => ({ ...row, item: 0 })) });
      const values = embeddings.map(({ bytes }) => new Float32Array(bytes.buffer));
      sites.forEach((site, i) => gathered.get(site)?.add(values[2 * i], values[2 * i + 1], keep));
      done();
    }
    return new Map([...gathered].map(([site, all]) => [site, all.finish()]));
  } finally {
    await worker.close();
  }
}

class Gathered {
  #minima: Float32Array | undefined;
  #maxima: Float32Array | undefined;
  readonly #rows: Float32Array[] = [];

  /** `range` [2, width], `rows` [tokens, width] of one sample, of which `keep` are kept. */
  add(range: Float32Array, rows: Float32Array, keep: number): void {
    const width = range.length / 2;
    this.#minima ??= new Float32Array(width).fill(Infinity);
    this.#maxima ??= new Float32Array(width).fill(-Infinity);
    for (let c = 0; c < width; c++) {
      this.#minima[c] = Math.min(this.#minima[c], range[c]);
      this.#maxima[c] = Math.max(this.#maxima[c], range[width + c]);
    }
    const tokens = rows.length / width;
    const step = Math.max(1, tokens / keep);
    for (let at = 0; at < tokens; at += step) {
      const row = Math.floor(at);
      this.#rows.push(rows.slice(row * width, (row + 1) * width));
    }
  }

  finish(): Observation {
    const [minima, maxima] = [this.#minima, this.#maxima].map((values) => values ?? new Float32Array(0));
    const rows = new Float32Array(this.#rows.length * minima.length);
    this.#rows.forEach((row, i) => rows.set(row, i * minima.length));
    return { minima, maxima, rows };
  }
}
