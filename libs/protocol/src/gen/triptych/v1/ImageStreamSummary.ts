// Original file: ../../proto/triptych/v1/image.proto

import type { Long } from '@grpc/proto-loader';

export interface ImageStreamSummary {
  'batches'?: (number | string | Long);
  'images'?: (number | string | Long);
  'failed'?: (number | string | Long);
}

export interface ImageStreamSummary__Output {
  'batches': (number);
  'images': (number);
  'failed': (number);
}
