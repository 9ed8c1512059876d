import { elementCount, readTensor, TriptychError, type WeightSet } from '@triptych/core';
import { upcastInto } from './numbers/stored-tensor.js';

/** A small tensor's values, upcast, wherever it lies. Throws TENSOR_MISSING or WEIGHTS_CORRUPT. */
export function readFloats({ tensors, parts }: WeightSet, name: string): Float32Array<ArrayBuffer> {
  const tensor = tensors.get(name);
  if (!tensor) throw new TriptychError('TENSOR_MISSING', `tensor ${name} is missing`, { field: name });
  const { part, byteOffset, byteLength, shape, type: dtype } = tensor;
  const place = parts[part];
  const data =
    typeof place === 'string'
      ? readTensor(place, name, tensor)
      : new Uint8Array(place, byteOffset, byteLength);
  const values = new Float32Array(elementCount(shape));
  upcastInto(values, { name, dtype, shape, data });
  return values;
}
