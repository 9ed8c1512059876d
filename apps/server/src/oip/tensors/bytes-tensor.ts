import { TriptychError } from '@triptych/core';
import { elementCount, type InputTensor, type Tensor, type TensorHead } from './tensor.js';

/** Bytes of the length before each element of BYTES. */
const LENGTH_BYTES = 4;

/**
 * The elements of a BYTES tensor, as views of it. Throws TENSOR_MALFORMED where its bytes are not as many elements as its shape has,
 * and BATCH_TOO_LARGE where that has more than `most`, before anything is made of them.
 */
export function bytesElements(tensor: InputTensor, most: number): readonly Uint8Array[] {
  const count = elementCount(tensor);
  const { name, data } = tensor;
  if (count > most) {
    const message = `input ${name} has ${count} elements; expected at most ${most}`;
    throw new TriptychError('BATCH_TOO_LARGE', message, { field: `inputs.${name}.shape` });
  }
  if (data instanceof Uint8Array) return split(tensor, data, count);
  if (data.length !== count) throw malformed(tensor, `${data.length} elements; expected ${count}`);
  return data;
}

function split(tensor: TensorHead, data: Uint8Array, count: number): Uint8Array[] {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const elements: Uint8Array[] = [];
  let at = 0;
  while (elements.length < count) {
    const index = elements.length;
    const left = data.length - at;
    if (left < LENGTH_BYTES)
      throw malformed(tensor, `bytes for ${index} elements only; expected ${count}, each behind a uint32`);
    const length = view.getUint32(at, true);
    if (length > left - LENGTH_BYTES)
      throw malformed(tensor, `an element ${index} of ${length} bytes, and ${left - LENGTH_BYTES} are left`);
    elements.push(data.subarray(at + LENGTH_BYTES, at + LENGTH_BYTES + length));
    at += LENGTH_BYTES + length;
  }
  if (at < data.length) throw malformed(tensor, `${data.length - at} bytes after its last element`);
  return elements;
}

/** A BYTES tensor of an answer. */
export function bytesTensor(
  name: string,
  shape: readonly number[],
  elements: readonly (string | Uint8Array)[],
): Tensor {
  const parts = elements.flatMap((element) => {
    const bytes = typeof element === 'string' ? Buffer.from(element) : element;
    const length = Buffer.alloc(LENGTH_BYTES);
    length.writeUInt32LE(bytes.length);
    return [length, bytes];
  });
  return { name, datatype: 'BYTES', shape, data: Buffer.concat(parts) };
}

function malformed({ name, shape }: TensorHead, found: string): TriptychError {
  return new TriptychError(
    'TENSOR_MALFORMED',
    `input ${name}, BYTES of [${shape.join(', ')}], has ${found}`,
    {
      field: `inputs.${name}`,
    },
  );
}
