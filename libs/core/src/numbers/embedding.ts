import { TriptychError } from '../errors/triptych-error.js';
import { downcastFloat16, upcastFloat16 } from './half.js';

/** How a vector's numbers travel: little-endian, row-major. int8: value = int8 × scale. */
export type EmbeddingNumbers = 'float32' | 'float16' | 'int8';

/** What a caller asked of a vector. */
export interface EmbeddingForm {
  /** L2-normalise each vector. */
  readonly normalize: boolean;
  /** Keep the first n values, before normalising; 0 keeps all. */
  readonly dimensions: number;
  readonly numbers: EmbeddingNumbers;
}

/** A vector, or one a frame, patch or token, ready to be sent. */
export interface EmbeddingBytes {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** [dim], or [n, dim] */
  readonly shape: readonly number[];
  /** int8 only; 0 otherwise. */
  readonly scale: number;
}

/** Below this length a vector counts as zero and stays so; PyTorch's `F.normalize` has the same bound. */
const SMALLEST_NORM = 1e-12;

/** Truncates, normalises and encodes an encoder's output of `shape` [dim] or [n, dim]. `values` stays untouched. */
export function finishEmbedding(
  values: Float32Array,
  shape: readonly number[],
  form: EmbeddingForm,
): EmbeddingBytes {
  const width = shape[shape.length - 1] ?? 0;
  const kept = form.dimensions === 0 ? width : form.dimensions;
  const rows = width === 0 ? 0 : values.length / width;
  const out = new Float32Array(rows * kept);
  for (let row = 0; row < rows; row++) {
    const vector = values.subarray(row * width, row * width + kept);
    const factor = form.normalize ? 1 / Math.max(norm(vector), SMALLEST_NORM) : 1;
    for (let i = 0; i < kept; i++) out[row * kept + i] = vector[i] * factor;
  }
  return { ...encode(out, form.numbers), shape: [...shape.slice(0, -1), kept] };
}

/** The float32 values of an embedding that has been sent. Throws EMBEDDING_INVALID where bytes and numbers do not fit. */
export function decodeEmbedding(bytes: Uint8Array, numbers: EmbeddingNumbers, scale: number): Float32Array {
  const size = { float32: 4, float16: 2, int8: 1 }[numbers];
  if (bytes.byteLength % size !== 0) {
    throw new TriptychError(
      'EMBEDDING_INVALID',
      `${bytes.byteLength} bytes do not hold whole ${numbers} values`,
      { field: 'embedding' },
    );
  }
  // Not slice(): on a Buffer that is a view into its pool.
  const own = new Uint8Array(bytes).buffer;
  if (numbers === 'float32') return new Float32Array(own);
  if (numbers === 'int8') return Float32Array.from(new Int8Array(own), (v) => v * scale);
  const values = new Float32Array(own.byteLength / 2);
  upcastFloat16(new Uint16Array(own), values);
  return values;
}

function norm(vector: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < vector.length; i++) sum += vector[i] * vector[i];
  return Math.sqrt(sum);
}

function encode(values: Float32Array<ArrayBuffer>, numbers: EmbeddingNumbers): Omit<EmbeddingBytes, 'shape'> {
  if (numbers === 'float32') return { bytes: new Uint8Array(values.buffer), scale: 0 };
  if (numbers === 'float16') return { bytes: new Uint8Array(downcastFloat16(values).buffer), scale: 0 };
  let largest = 0;
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, Math.abs(values[i]));
  // The scale is sent as float32: quantise with the number that the reader will multiply with.
  const scale = Math.fround(largest === 0 ? 1 : largest / 127);
  const quantized = Int8Array.from(values, (v) => Math.max(-127, Math.min(127, Math.round(v / scale))));
  return { bytes: new Uint8Array(quantized.buffer), scale };
}
