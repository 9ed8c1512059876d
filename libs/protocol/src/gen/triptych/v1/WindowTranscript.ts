// Original file: ../../proto/triptych/v1/transcript.proto

import type { TranscriptSegment as _triptych_v1_TranscriptSegment, TranscriptSegment__Output as _triptych_v1_TranscriptSegment__Output } from '../../triptych/v1/TranscriptSegment.js';
import type { FinishReason as _triptych_v1_FinishReason, FinishReason__Output as _triptych_v1_FinishReason__Output } from '../../triptych/v1/FinishReason.js';

export interface WindowTranscript {
  'text'?: (string);
  'segments'?: (_triptych_v1_TranscriptSegment)[];
  'language'?: (string);
  'finishReason'?: (_triptych_v1_FinishReason);
}

export interface WindowTranscript__Output {
  'text': (string);
  'segments': (_triptych_v1_TranscriptSegment__Output)[];
  'language': (string);
  'finishReason': (_triptych_v1_FinishReason__Output);
}
