import { elementCount, readTensor, tensorError, type WeightSet } from '@triptych/core';
import { upcastInto } from './numbers/stored-tensor.js';

/** A small tensor's values, upcast, wherever it lies. Throws TENSOR_MISSING or WEIGHTS_CORRUPT. */
export function readFloats(set: WeightSet, name: string): Float32Array<ArrayBuffer> {
  const tensor = set.tensors.get(name);
  if (!tensor) throw tensorError('TENSOR_MISSING', set, name, ' is missing');
  const { part, byteOffset, byteLength, shape, type: dtype } = tensor;
  const place = set.parts[part];
  const data =
    typeof place === 'string'
      ? readTensor(place, name, tensor, set.file)
      : new Uint8Array(place, byteOffset, byteLength);
  const values = new Float32Array(elementCount(shape));
  upcastInto(values, { name, dtype, shape, data });
  return values;
}
