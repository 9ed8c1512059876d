import { readTensor, type WeightPart } from '@triptych/core';
import type { ExternalWeight } from './protocol.js';

/** Weights and the buffers that they lie in. */
export interface WeightsInMemory {
  readonly weights: readonly ExternalWeight[];
  readonly parts: readonly ArrayBuffer[];
}

/** Reads those weights that lie in a file, each into a buffer of its own. Throws WEIGHTS_CORRUPT where the file has become shorter. */
export function readParts(weights: readonly ExternalWeight[], parts: readonly WeightPart[]): WeightsInMemory {
  const buffers = parts.map((part) => (typeof part === 'string' ? new ArrayBuffer(0) : part));
  const placed = weights.map((weight) => {
    const part = parts[weight.part];
    if (typeof part !== 'string') return weight;
    const { buffer } = readTensor(part, weight.name, weight);
    return { ...weight, part: buffers.push(buffer) - 1, byteOffset: 0 };
  });
  return { weights: placed, parts: buffers };
}
