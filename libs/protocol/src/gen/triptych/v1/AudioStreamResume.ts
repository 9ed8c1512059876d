// Original file: ../../proto/triptych/v1/audio.proto

import type { Long } from '@grpc/proto-loader';

export interface AudioStreamResume {
  'windowIndex'?: (number | string | Long);
  'windowStartSample'?: (number | string | Long);
  'coveredSample'?: (number | string | Long);
  'audioStartSample'?: (number | string | Long);
  'sequence'?: (number | string | Long);
}

export interface AudioStreamResume__Output {
  'windowIndex': (number);
  'windowStartSample': (number);
  'coveredSample': (number);
  'audioStartSample': (number);
  'sequence': (number);
}
