import { decodeEmbedding, type EmbeddingNumbers } from '@triptych/core';
import type { Embedding } from './gen/triptych/v1/Embedding.js';
import { EmbeddingEncoding } from './gen/triptych/v1/EmbeddingEncoding.js';

/** A vector, or [n, dim] of them row by row, as float32. */
export interface Vector {
  readonly values: Float32Array;
  readonly shape: readonly number[];
}

const numbersOf: Readonly<Record<number, EmbeddingNumbers>> = {
  [EmbeddingEncoding.EMBEDDING_ENCODING_RAW_FLOAT32]: 'float32',
  [EmbeddingEncoding.EMBEDDING_ENCODING_RAW_FLOAT16]: 'float16',
  [EmbeddingEncoding.EMBEDDING_ENCODING_RAW_INT8]: 'int8',
};

/** The float32 values of an embedding, whatever encoding it travelled in. Throws EMBEDDING_INVALID. */
export function readEmbedding(embedding: Embedding): Vector {
  const shape = embedding.shape ?? [];
  const numbers = numbersOf[Number(embedding.encoding)];
  // A list's values arrive as their bytes: see `loadWirePackage`.
  const bytes = (numbers === undefined ? embedding.values : embedding.raw) as unknown as Uint8Array;
  return { values: decodeEmbedding(bytes, numbers ?? 'float32', embedding.scale as number), shape };
}

/** A vector as a message takes it. */
export function toEmbedding(values: Float32Array): Embedding {
  const { buffer, byteOffset, byteLength } = values;
  return {
    raw: Buffer.from(buffer, byteOffset, byteLength),
    shape: [values.length],
    encoding: EmbeddingEncoding.EMBEDDING_ENCODING_RAW_FLOAT32,
  };
}
