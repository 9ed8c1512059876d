// Original file: ../../proto/triptych/v1/common.proto

import type { Long } from '@grpc/proto-loader';

export interface Timing {
  'preprocessUs'?: (number | string | Long);
  'queueUs'?: (number | string | Long);
  'inferenceUs'?: (number | string | Long);
}

export interface Timing__Output {
  'preprocessUs': (number);
  'queueUs': (number);
  'inferenceUs': (number);
}
