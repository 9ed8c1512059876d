// Original file: ../../proto/triptych/v1/common.proto

import type { EmbeddingEncoding as _triptych_v1_EmbeddingEncoding, EmbeddingEncoding__Output as _triptych_v1_EmbeddingEncoding__Output } from '../../triptych/v1/EmbeddingEncoding.js';

export interface Embedding {
  'values'?: (number | string)[];
  'raw'?: (Buffer | Uint8Array | string);
  'shape'?: (number)[];
  'encoding'?: (_triptych_v1_EmbeddingEncoding);
  'scale'?: (number | string);
}

export interface Embedding__Output {
  'values': (number)[];
  'raw': (Buffer);
  'shape': (number)[];
  'encoding': (_triptych_v1_EmbeddingEncoding__Output);
  'scale': (number);
}
