// Original file: ../../proto/triptych/v1/common.proto

export const EmbeddingEncoding = {
  EMBEDDING_ENCODING_UNSPECIFIED: 0,
  EMBEDDING_ENCODING_FLOAT_LIST: 1,
  EMBEDDING_ENCODING_RAW_FLOAT32: 2,
  EMBEDDING_ENCODING_RAW_FLOAT16: 3,
  EMBEDDING_ENCODING_RAW_INT8: 4,
} as const;

export type EmbeddingEncoding =
  | 'EMBEDDING_ENCODING_UNSPECIFIED'
  | 0
  | 'EMBEDDING_ENCODING_FLOAT_LIST'
  | 1
  | 'EMBEDDING_ENCODING_RAW_FLOAT32'
  | 2
  | 'EMBEDDING_ENCODING_RAW_FLOAT16'
  | 3
  | 'EMBEDDING_ENCODING_RAW_INT8'
  | 4

export type EmbeddingEncoding__Output = typeof EmbeddingEncoding[keyof typeof EmbeddingEncoding]
