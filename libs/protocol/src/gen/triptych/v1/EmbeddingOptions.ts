// Original file: ../../proto/triptych/v1/common.proto

import type { Pooling as _triptych_v1_Pooling, Pooling__Output as _triptych_v1_Pooling__Output } from '../../triptych/v1/Pooling.js';
import type { EmbeddingEncoding as _triptych_v1_EmbeddingEncoding, EmbeddingEncoding__Output as _triptych_v1_EmbeddingEncoding__Output } from '../../triptych/v1/EmbeddingEncoding.js';

export interface EmbeddingOptions {
  'pooling'?: (_triptych_v1_Pooling);
  'normalize'?: (boolean);
  'encoding'?: (_triptych_v1_EmbeddingEncoding);
  'dimensions'?: (number);
  '_normalize'?: "normalize";
}

export interface EmbeddingOptions__Output {
  'pooling': (_triptych_v1_Pooling__Output);
  'normalize'?: (boolean);
  'encoding': (_triptych_v1_EmbeddingEncoding__Output);
  'dimensions': (number);
  '_normalize'?: "normalize";
}
