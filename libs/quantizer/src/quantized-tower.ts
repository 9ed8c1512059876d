import type { Quantization } from '@triptych/core';
import type { Modality } from '@triptych/model-families';
import type { StoredTensor } from '@triptych/weight-loader';
import type { Choice } from './choice.js';

/** A tower in int8, but for what had to stay in float. */
export interface QuantizedTower {
  readonly modality: Modality;
  readonly tensors: readonly StoredTensor[];
  readonly ranges: Quantization;
  readonly choices: readonly Choice[];
  /** Lowest cosine of the samples' vectors to float. */
  readonly reached: number;
}
