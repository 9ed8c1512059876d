import { Tensor } from 'onnxruntime-node';
import type { Caches, CacheSizes, Place } from './caches.js';
import type { Alignment } from './config.js';
import { names } from './graph.js';
import type { Run, Tensors } from './run.js';

export interface StepOptions extends CacheSizes {
  readonly vocabulary: number;
  /** Of the decoder's graph. */
  readonly step: Run;
  readonly alignment?: Alignment | undefined;
}

/** Tokens of some rows, and where they stand. */
export interface StepInputs {
  readonly ids: readonly number[];
  readonly positions: readonly number[];
  readonly past: readonly number[];
  readonly kept: readonly number[];
  readonly firstRow: number;
  readonly rows: number;
  readonly firstSource: number;
  readonly sources: number;
  /** Whether queries of cross-attention are wanted. */
  readonly aligns: boolean;
}

/** Runs of the decoder's graph on what caches hold. */
export class Steps {
  constructor(private readonly options: StepOptions) {}

  /** Computes logits, and the keys and values of the tokens, which are in no cache yet. */
  run(caches: Caches<Place>, step: StepInputs): Promise<Tensors> {
    const { layers, heads } = this.options;
    const { headWidth, room, sourceTokens } = caches;
    const tokens = step.ids.length / step.rows;
    const int64 = (values: readonly number[], dims: readonly number[]) =>
      new Tensor('int64', BigInt64Array.from(values, BigInt), dims);
    const int32 = (values: readonly number[]) =>
      new Tensor('int32', Int32Array.from(values), [values.length]);
    const self = caches.self(step.firstRow, step.rows);
    const cross = caches.cross(step.firstSource, step.sources);
    const feeds: Record<string, Tensor> = {
      [names.ids]: int64(step.ids, [step.rows, tokens]),
      [names.positions]: int64(step.positions, [step.rows, tokens]),
      [names.past]: int32(step.past),
      [names.total]: int32([Math.max(...step.past) + 1]),
      [names.kept]: int64(step.kept, [step.kept.length]),
    };
    const selfDims = [step.rows, heads, room, headWidth];
    const crossDims = [step.sources, heads, sourceTokens, headWidth];
    const wanted = [names.logits];
    for (let layer = 0; layer < layers; layer++) {
      feeds[names.selfKey(layer)] = new Tensor('float32', self.keys[layer], selfDims);
      feeds[names.selfValue(layer)] = new Tensor('float32', self.values[layer], selfDims);
      feeds[names.crossKey(layer)] = new Tensor('float32', cross.keys[layer], crossDims);
      feeds[names.crossValue(layer)] = new Tensor('float32', cross.values[layer], crossDims);
      wanted.push(names.newKey(layer), names.newValue(layer));
    }
    if (step.aligns)
      for (const { layer } of this.options.alignment?.heads ?? [])
        if (!wanted.includes(names.crossQuery(layer))) wanted.push(names.crossQuery(layer));
    return this.options.step(feeds, wanted);
  }

  /** The keys and values of the outputs' `token`-th token, of all rows one after the other, go into a row behind `at` others. */
  keep(caches: Caches<Place>, outputs: Tensors, token: number, row: number, at: number): void {
    const { layers, width } = this.options;
    for (let layer = 0; layer < layers; layer++) {
      const of = (name: string) => floats(outputs[name]).subarray(token * width, (token + 1) * width);
      caches.write(layer, row, at, of(names.newKey(layer)), of(names.newValue(layer)));
    }
  }

  /** Logits, [vocabulary] each. */
  logitsOf(outputs: Tensors, kept: number): Float32Array[] {
    const all = floats(outputs[names.logits]);
    const { vocabulary } = this.options;
    const count = Math.max(kept, all.length / vocabulary);
    return Array.from({ length: count }, (_, i) => all.subarray(i * vocabulary, (i + 1) * vocabulary));
  }
}

export function floats({ data }: Tensor): Float32Array<ArrayBuffer> {
  return data as Float32Array<ArrayBuffer>;
}
