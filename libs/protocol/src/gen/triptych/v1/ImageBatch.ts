// Original file: ../../proto/triptych/v1/image.proto

import type { Image as _triptych_v1_Image, Image__Output as _triptych_v1_Image__Output } from '../../triptych/v1/Image.js';
import type { Long } from '@grpc/proto-loader';

export interface ImageBatch {
  'batchId'?: (number | string | Long);
  'images'?: (_triptych_v1_Image)[];
}

export interface ImageBatch__Output {
  'batchId': (number);
  'images': (_triptych_v1_Image__Output)[];
}
