/** How a tensor's numbers are stored. */
export type DType = 'float32' | 'float16' | 'bfloat16' | 'int8';

/** One tensor inside a {@link WeightSet}: row-major at `byteOffset` of its part. */
export interface WeightTensor {
  readonly shape: readonly number[];
  /** As stored in the file; in memory it is float32, or int8 where there are `scales`. */
  readonly storedAs: DType;
  /** Of values that stayed int8: one for each index of the first dimension. */
  readonly scales?: Float32Array<ArrayBuffer>;
  /** Index of the buffer that holds it. */
  readonly part: number;
  readonly byteOffset: number;
  readonly byteLength: number;
}

/** A model's tensors by name, upcast to float32 but for those computed in int8, in a few buffers that can be handed from thread to thread. */
export interface WeightSet {
  readonly tensors: ReadonlyMap<string, WeightTensor>;
  readonly parts: readonly ArrayBuffer[];
}

/** Number of elements of a tensor of this shape. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, n) => product * n, 1);
}
