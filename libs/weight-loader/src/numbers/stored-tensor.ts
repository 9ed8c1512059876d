import { type DType, elementCount, TriptychError, upcastBfloat16, upcastFloat16 } from '@triptych/core';

/** How int8 values turn back into floats (schema V2). `axis` −1: one scale for the whole tensor. */
export interface Quantization {
  readonly scales: Float32Array;
  readonly zeroPoints: Float32Array | undefined;
  readonly axis: number;
  /** Elements along the last dimension that share a scale; 0: the whole row. */
  readonly groupSize: number;
}

/** A tensor as a file holds it: little-endian, row-major bytes. */
export interface StoredTensor {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: Uint8Array;
  readonly quantization?: Quantization | undefined;
}

export const bytesPerElement: Record<DType, number> = { float32: 4, float16: 2, bfloat16: 2, int8: 1 };

/** Throws TENSOR_SHAPE unless a tensor has exactly as many bytes as its shape and dtype ask for. */
export function checkByteLength(
  { name, dtype, shape }: Omit<StoredTensor, 'data'>,
  byteLength: number,
): void {
  const expected = elementCount(shape) * bytesPerElement[dtype];
  if (byteLength !== expected) {
    throw new TriptychError(
      'TENSOR_SHAPE',
      `tensor ${name}: shape [${shape.join(', ')}] of ${dtype} needs ${expected} bytes, found ${byteLength}`,
      { field: name },
    );
  }
}

/** Writes a tensor's values as float32 into `target`, exactly. */
export function upcastInto(target: Float32Array, tensor: StoredTensor): void {
  const bytes = aligned(tensor.data, bytesPerElement[tensor.dtype]);
  switch (tensor.dtype) {
    case 'float32':
      target.set(new Float32Array(bytes.buffer, bytes.byteOffset, target.length));
      return;
    case 'float16':
      upcastFloat16(new Uint16Array(bytes.buffer, bytes.byteOffset, target.length), target);
      return;
    case 'bfloat16':
      upcastBfloat16(new Uint16Array(bytes.buffer, bytes.byteOffset, target.length), target);
      return;
    case 'int8':
      dequantize(new Int8Array(bytes.buffer, bytes.byteOffset, target.length), tensor, target);
  }
}

/** How many scales int8 values have, by {@link Quantization.axis} and {@link Quantization.groupSize}. */
export function scaleCount(
  shape: readonly number[],
  { axis, groupSize }: Pick<Quantization, 'axis' | 'groupSize'>,
): number {
  const inner = elementCount(axis < 0 ? shape : shape.slice(axis + 1));
  const groups = groupSize > 0 ? Math.ceil(inner / groupSize) : 1;
  return groups * (axis < 0 ? 1 : (shape[axis] ?? 0));
}

/** value = (int8 − zero point) × scale, with one scale a tensor, an index of `axis`, or a group. */
function dequantize(
  values: Int8Array,
  { name, shape, quantization }: StoredTensor,
  target: Float32Array,
): void {
  if (!quantization)
    throw new TriptychError('WEIGHTS_SCHEMA', `tensor ${name}: int8 without scales`, { field: name });
  const { scales, zeroPoints, axis, groupSize } = quantization;
  const inner = axis < 0 ? target.length : elementCount(shape.slice(axis + 1));
  const axisLength = axis < 0 ? 1 : (shape[axis] ?? 0);
  const groups = groupSize > 0 ? Math.ceil(inner / groupSize) : 1;
  const expected = scaleCount(shape, quantization);
  if (scales.length !== expected || (zeroPoints && zeroPoints.length !== expected)) {
    throw new TriptychError(
      'WEIGHTS_SCHEMA',
      `tensor ${name}: ${expected} scales expected, found ${scales.length} and ${zeroPoints?.length ?? 0} zero points`,
      { field: name },
    );
  }
  for (let i = 0; i < target.length; i++) {
    const row = Math.floor(i / inner) % axisLength;
    const s = groupSize > 0 ? row * groups + Math.floor((i % inner) / groupSize) : row;
    target[i] = (values[i] - (zeroPoints?.[s] ?? 0)) * scales[s];
  }
}

/** The scales of an int8 tensor with one for each index of its first dimension and no zero points. Throws WEIGHTS_SCHEMA. */
export function channelScales({
  name,
  dtype,
  shape,
  quantization,
}: Omit<StoredTensor, 'data'>): Float32Array<ArrayBuffer> {
  const { scales, zeroPoints, axis, groupSize } = quantization ?? {};
  const fits = dtype === 'int8' && axis === 0 && !groupSize && scales?.length === shape[0];
  const hasZeroPoints = zeroPoints?.some((zero) => zero !== 0) ?? false;
  if (scales && fits && !hasZeroPoints) return new Float32Array(scales);
  const ofInt8 = `${scales?.length ?? 0} scales along dimension ${axis}${hasZeroPoints ? ' with zero points' : ''}`;
  const found = dtype === 'int8' ? ofInt8 : dtype;
  throw new TriptychError(
    'WEIGHTS_SCHEMA',
    `tensor ${name}: the configuration has it computed in int8; expected int8 values with a scale for each of ` +
      `${shape[0]} output channels and no zero points, found ${found}`,
    { field: name },
  );
}

/** The bytes of some numbers, where they lie. */
export function bytesOf({ buffer, byteOffset, byteLength }: Float32Array | Uint16Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** The same bytes at an offset that typed arrays of `size`-byte elements accept: a copy only where needed. */
export function aligned(bytes: Uint8Array, size: number): Uint8Array {
  return bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes);
}
