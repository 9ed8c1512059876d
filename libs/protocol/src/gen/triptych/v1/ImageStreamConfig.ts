// Original file: ../../proto/triptych/v1/image.proto

import type { EmbeddingOptions as _triptych_v1_EmbeddingOptions, EmbeddingOptions__Output as _triptych_v1_EmbeddingOptions__Output } from '../../triptych/v1/EmbeddingOptions.js';

export interface ImageStreamConfig {
  'model'?: (string);
  'options'?: (_triptych_v1_EmbeddingOptions | null);
}

export interface ImageStreamConfig__Output {
  'model': (string);
  'options': (_triptych_v1_EmbeddingOptions__Output | null);
}
