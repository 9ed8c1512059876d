/** How a tensor's numbers are stored. */
export type DType = 'float32' | 'float16' | 'bfloat16' | 'int8';

/** One tensor inside a {@link WeightSet}: row-major float32 at `byteOffset` of its part. */
export interface WeightTensor {
  readonly shape: readonly number[];
  /** As stored in the file; in memory it is float32. */
  readonly storedAs: DType;
  /** Index of the buffer that holds it. */
  readonly part: number;
  readonly byteOffset: number;
  readonly byteLength: number;
}

/** A model's tensors by name, upcast to float32, in a few buffers that can be handed from thread to thread. */
export interface WeightSet {
  readonly tensors: ReadonlyMap<string, WeightTensor>;
  readonly parts: readonly ArrayBuffer[];
}

/** Number of elements of a tensor of this shape. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, n) => product * n, 1);
}
