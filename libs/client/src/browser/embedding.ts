import { decodeEmbedding, type EmbeddingNumbers } from '@triptych/core';
import { type Embedding, EmbeddingEncoding } from './gen/triptych/v1/common_pb.js';

const numbersOf: Partial<Record<EmbeddingEncoding, EmbeddingNumbers>> = {
  [EmbeddingEncoding.RAW_FLOAT32]: 'float32',
  [EmbeddingEncoding.RAW_FLOAT16]: 'float16',
  [EmbeddingEncoding.RAW_INT8]: 'int8',
};

/** The float32 values of an embedding, whatever encoding it travelled in; row by row where its shape is [n, dim]. Throws EMBEDDING_INVALID. */
export function valuesOf({ encoding, values, raw, scale }: Embedding): Float32Array {
  const numbers = numbersOf[encoding];
  return numbers === undefined ? Float32Array.from(values) : decodeEmbedding(raw, numbers, scale);
}
