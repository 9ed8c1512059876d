import { TriptychError } from './errors/triptych-error.js';

/** How a tensor's numbers are stored. */
export type DType = 'float32' | 'float16' | 'bfloat16' | 'int8';

/** One tensor inside a {@link WeightSet}: row-major, little-endian, at `byteOffset` of its part. */
export interface WeightTensor {
  readonly shape: readonly number[];
  /** As stored in the file. */
  readonly storedAs: DType;
  /** As it is in its part. */
  readonly type: DType;
  /** Of values that stayed int8: one for each index of the first dimension. */
  readonly scales?: Float32Array<ArrayBuffer>;
  /** Index of the part that holds it. */
  readonly part: number;
  /** At multiples of 64 in a buffer; anywhere in a file. */
  readonly byteOffset: number;
  readonly byteLength: number;
}

/** What tensors lie in: a buffer, or a file, by its path. */
export type WeightPart = ArrayBuffer | string;

/** A model's tensors by name, in a few parts; the buffers among them can be handed from thread to thread. */
export interface WeightSet<Part extends WeightPart = WeightPart> {
  readonly tensors: ReadonlyMap<string, WeightTensor>;
  readonly parts: readonly Part[];
  /** The file that holds the tensors, as messages name it. Default: none. */
  readonly file?: string | undefined;
  /** Settles when what lies in files was read as a whole, too; rejects where it is not what it should be. */
  readonly checked?: Promise<unknown>;
  /**
   * Rejects where a file has been replaced since it was opened for this set. For whoever has made use of all tensors, and awaited
   * `checked`: each opens the file anew.
   */
  readonly checkPlace?: () => Promise<void>;
}

/** What is wrong with a tensor of a weight set: `FILE: tensor NAME…`. */
export function tensorError(
  reason: 'TENSOR_MISSING' | 'TENSOR_SHAPE' | 'TENSOR_DTYPE',
  { file }: Pick<WeightSet, 'file'>,
  name: string,
  problem: string,
): TriptychError {
  const place = file === undefined ? '' : `${file}: `;
  return new TriptychError(reason, `${place}tensor ${name}${problem}`, { field: name });
}

/** Number of elements of a tensor of this shape. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, n) => product * n, 1);
}
