// Original file: ../../proto/triptych/v1/models.proto

import type { Long } from '@grpc/proto-loader';

export interface ImageLimits {
  'inputSize'?: (number);
  'patchSize'?: (number);
  'maxPixels'?: (number | string | Long);
  'maxBatchImages'?: (number);
}

export interface ImageLimits__Output {
  'inputSize': (number);
  'patchSize': (number);
  'maxPixels': (number);
  'maxBatchImages': (number);
}
