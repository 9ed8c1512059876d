// Original file: ../../proto/triptych/v1/image.proto

import type { ImageResult as _triptych_v1_ImageResult, ImageResult__Output as _triptych_v1_ImageResult__Output } from '../../triptych/v1/ImageResult.js';
import type { Long } from '@grpc/proto-loader';

export interface ImageBatchResult {
  'batchId'?: (number | string | Long);
  'results'?: (_triptych_v1_ImageResult)[];
}

export interface ImageBatchResult__Output {
  'batchId': (number);
  'results': (_triptych_v1_ImageResult__Output)[];
}
