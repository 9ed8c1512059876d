import type { WeightSet } from '@triptych/core';
import type { Assembled } from './model-directory/assemble.js';

/** What is remembered of tensors when their data has gone to a session. */
export type TensorsRead = Pick<Assembled, 'tensors' | 'digests'>;

export interface LoadedWeights extends TensorsRead {
  readonly weights: WeightSet<ArrayBuffer>;
}

export interface StoredWeights {
  readonly weights: WeightSet;
  /** Settles when all of the file's bytes were read, too. Rejects with WEIGHTS_CORRUPT. */
  readonly read: Promise<TensorsRead>;
}
