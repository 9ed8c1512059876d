import { elementCount, tensorError, type WeightSet } from '@triptych/core';
import { readFloats } from '@triptych/weight-loader';

/** The one number of a tensor; undefined where there is no such tensor. Throws TENSOR_SHAPE. */
export function readScalar(weights: WeightSet, name: string): number | undefined {
  const shape = weights.tensors.get(name)?.shape;
  if (!shape) return undefined;
  if (elementCount(shape) === 1) return readFloats(weights, name)[0];
  throw tensorError('TENSOR_SHAPE', weights, name, `: expected one number, found [${shape.join(', ')}]`);
}
