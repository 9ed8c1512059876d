// Original file: ../../proto/triptych/v1/transcriber.proto

import type { FinishReason as _triptych_v1_FinishReason, FinishReason__Output as _triptych_v1_FinishReason__Output } from '../../triptych/v1/FinishReason.js';
import type { Long } from '@grpc/proto-loader';

export interface TranscribeStreamSummary {
  'durationS'?: (number | string);
  'segments'?: (number | string | Long);
  'finishReason'?: (_triptych_v1_FinishReason);
}

export interface TranscribeStreamSummary__Output {
  'durationS': (number);
  'segments': (number);
  'finishReason': (_triptych_v1_FinishReason__Output);
}
