import type { ServedModel } from '../models/served-model.js';

/** What made a vector, and what it may be compared with. */
export interface ModelStamp {
  readonly model: string;
  /** sha256 over the weights, their quantisation and the preprocessing recipe. */
  readonly fingerprint: string;
  /** Vectors may be compared only where this is the same: it covers models that share a space, pooling and audio context. */
  readonly space: string;
  /** What computed it, and in which numbers: the same to some digits (docs/gpu.md). */
  readonly device: string;
  readonly precision: string;
}

export function stampOf(
  {
    name,
    fingerprint,
    device,
    precision,
  }: Pick<ServedModel, 'name' | 'fingerprint' | 'device' | 'precision'>,
  space: string,
): ModelStamp {
  return { model: name, fingerprint, space, device, precision };
}
