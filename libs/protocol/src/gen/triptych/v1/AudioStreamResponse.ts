// Original file: ../../proto/triptych/v1/audio.proto

import type { AudioStreamReady as _triptych_v1_AudioStreamReady, AudioStreamReady__Output as _triptych_v1_AudioStreamReady__Output } from '../../triptych/v1/AudioStreamReady.js';
import type { AudioWindow as _triptych_v1_AudioWindow, AudioWindow__Output as _triptych_v1_AudioWindow__Output } from '../../triptych/v1/AudioWindow.js';
import type { AudioStreamSummary as _triptych_v1_AudioStreamSummary, AudioStreamSummary__Output as _triptych_v1_AudioStreamSummary__Output } from '../../triptych/v1/AudioStreamSummary.js';

export interface AudioStreamResponse {
  'ready'?: (_triptych_v1_AudioStreamReady | null);
  'window'?: (_triptych_v1_AudioWindow | null);
  'summary'?: (_triptych_v1_AudioStreamSummary | null);
  'message'?: "ready"|"window"|"summary";
}

export interface AudioStreamResponse__Output {
  'ready'?: (_triptych_v1_AudioStreamReady__Output | null);
  'window'?: (_triptych_v1_AudioWindow__Output | null);
  'summary'?: (_triptych_v1_AudioStreamSummary__Output | null);
  'message'?: "ready"|"window"|"summary";
}
