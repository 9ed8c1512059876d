// Original file: ../../proto/triptych/v1/transcriber.proto

import type { TranscriptSegment as _triptych_v1_TranscriptSegment, TranscriptSegment__Output as _triptych_v1_TranscriptSegment__Output } from '../../triptych/v1/TranscriptSegment.js';
import type { FinishReason as _triptych_v1_FinishReason, FinishReason__Output as _triptych_v1_FinishReason__Output } from '../../triptych/v1/FinishReason.js';

export interface TranscribeResponse {
  'model'?: (string);
  'fingerprint'?: (string);
  'text'?: (string);
  'language'?: (string);
  'durationS'?: (number | string);
  'segments'?: (_triptych_v1_TranscriptSegment)[];
  'finishReason'?: (_triptych_v1_FinishReason);
}

export interface TranscribeResponse__Output {
  'model': (string);
  'fingerprint': (string);
  'text': (string);
  'language': (string);
  'durationS': (number);
  'segments': (_triptych_v1_TranscriptSegment__Output)[];
  'finishReason': (_triptych_v1_FinishReason__Output);
}
