// Original file: ../../proto/triptych/v1/image.proto

import type { ModelStamp as _triptych_v1_ModelStamp, ModelStamp__Output as _triptych_v1_ModelStamp__Output } from '../../triptych/v1/ModelStamp.js';
import type { ImageResult as _triptych_v1_ImageResult, ImageResult__Output as _triptych_v1_ImageResult__Output } from '../../triptych/v1/ImageResult.js';

export interface EncodeImagesResponse {
  'stamp'?: (_triptych_v1_ModelStamp | null);
  'results'?: (_triptych_v1_ImageResult)[];
}

export interface EncodeImagesResponse__Output {
  'stamp': (_triptych_v1_ModelStamp__Output | null);
  'results': (_triptych_v1_ImageResult__Output)[];
}
