// Original file: ../../proto/triptych/v1/transcriber.proto

import type { TranscribeStreamReady as _triptych_v1_TranscribeStreamReady, TranscribeStreamReady__Output as _triptych_v1_TranscribeStreamReady__Output } from '../../triptych/v1/TranscribeStreamReady.js';
import type { TranscriptUpdate as _triptych_v1_TranscriptUpdate, TranscriptUpdate__Output as _triptych_v1_TranscriptUpdate__Output } from '../../triptych/v1/TranscriptUpdate.js';
import type { TranscribeStreamSummary as _triptych_v1_TranscribeStreamSummary, TranscribeStreamSummary__Output as _triptych_v1_TranscribeStreamSummary__Output } from '../../triptych/v1/TranscribeStreamSummary.js';

export interface TranscribeStreamResponse {
  'ready'?: (_triptych_v1_TranscribeStreamReady | null);
  'update'?: (_triptych_v1_TranscriptUpdate | null);
  'summary'?: (_triptych_v1_TranscribeStreamSummary | null);
  'message'?: "ready"|"update"|"summary";
}

export interface TranscribeStreamResponse__Output {
  'ready'?: (_triptych_v1_TranscribeStreamReady__Output | null);
  'update'?: (_triptych_v1_TranscriptUpdate__Output | null);
  'summary'?: (_triptych_v1_TranscribeStreamSummary__Output | null);
  'message'?: "ready"|"update"|"summary";
}
