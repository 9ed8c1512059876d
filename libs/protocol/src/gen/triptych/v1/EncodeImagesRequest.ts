// Original file: ../../proto/triptych/v1/image.proto

import type { Image as _triptych_v1_Image, Image__Output as _triptych_v1_Image__Output } from '../../triptych/v1/Image.js';
import type { EmbeddingOptions as _triptych_v1_EmbeddingOptions, EmbeddingOptions__Output as _triptych_v1_EmbeddingOptions__Output } from '../../triptych/v1/EmbeddingOptions.js';

export interface EncodeImagesRequest {
  'model'?: (string);
  'images'?: (_triptych_v1_Image)[];
  'options'?: (_triptych_v1_EmbeddingOptions | null);
}

export interface EncodeImagesRequest__Output {
  'model': (string);
  'images': (_triptych_v1_Image__Output)[];
  'options': (_triptych_v1_EmbeddingOptions__Output | null);
}
