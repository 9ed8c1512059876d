// Original file: ../../proto/triptych/v1/audio.proto

import type { Long } from '@grpc/proto-loader';

export interface AudioStreamSummary {
  'windows'?: (number | string | Long);
  'chunks'?: (number | string | Long);
  'samples'?: (number | string | Long);
  'lateWindows'?: (number | string | Long);
}

export interface AudioStreamSummary__Output {
  'windows': (number);
  'chunks': (number);
  'samples': (number);
  'lateWindows': (number);
}
