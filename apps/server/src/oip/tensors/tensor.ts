import { TriptychError } from '@triptych/core';

/** Bytes of one element, of the datatypes whose elements all have the same length. */
export const elementBytes: Readonly<Record<string, number>> = {
  BOOL: 1,
  UINT8: 1,
  UINT16: 2,
  UINT32: 4,
  UINT64: 8,
  INT8: 1,
  INT16: 2,
  INT32: 4,
  INT64: 8,
  FP16: 2,
  BF16: 2,
  FP32: 4,
  FP64: 8,
};

/** A tensor by its outside. */
export interface TensorHead {
  readonly name: string;
  /** As the protocol writes it: `FP32`, `UINT8`, `BYTES`. */
  readonly datatype: string;
  readonly shape: readonly number[];
}

/** A tensor as an answer has it: little-endian, row by row, without padding; of BYTES, each element behind its length, a uint32. */
export interface Tensor extends TensorHead {
  readonly data: Uint8Array;
}

/** A tensor as a request has it: the same, or the elements of BYTES where the wire already keeps them apart. */
export interface InputTensor extends TensorHead {
  readonly data: Uint8Array | readonly Uint8Array[];
}

/** How many elements a shape has. Throws TENSOR_MALFORMED where that is no number. */
export function elementCount({ name, shape }: TensorHead): number {
  const count = shape.reduce((product, length) => product * length, 1);
  if (shape.every((length) => Number.isSafeInteger(length) && length >= 0) && Number.isSafeInteger(count))
    return count;
  throw new TriptychError(
    'TENSOR_MALFORMED',
    `input ${name} has the shape [${shape.join(', ')}]; expected whole numbers from 0`,
    { field: `inputs.${name}.shape` },
  );
}

/** The bytes of a tensor whose elements all have the same length. Throws TENSOR_MALFORMED where they are not what its shape asks for. */
export function numberBytes(tensor: InputTensor): Uint8Array {
  const { name, datatype, shape, data } = tensor;
  const size = elementBytes[datatype];
  const expected = elementCount(tensor) * size;
  if (data instanceof Uint8Array && data.length === expected) return data;
  const found = data instanceof Uint8Array ? `${data.length} bytes` : `${data.length} elements of BYTES`;
  throw new TriptychError(
    'TENSOR_MALFORMED',
    `input ${name}, ${datatype} of [${shape.join(', ')}], has ${found}; expected ${expected} bytes`,
    { field: `inputs.${name}` },
  );
}
