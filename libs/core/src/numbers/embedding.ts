import { TriptychError } from '../errors/triptych-error.js';
import { upcastFloat16 } from './half.js';

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
