// Original file: ../../proto/triptych/v1/transcriber.proto

import type { TranscribeStreamConfig as _triptych_v1_TranscribeStreamConfig, TranscribeStreamConfig__Output as _triptych_v1_TranscribeStreamConfig__Output } from '../../triptych/v1/TranscribeStreamConfig.js';
import type { AudioChunk as _triptych_v1_AudioChunk, AudioChunk__Output as _triptych_v1_AudioChunk__Output } from '../../triptych/v1/AudioChunk.js';

export interface TranscribeStreamRequest {
  'config'?: (_triptych_v1_TranscribeStreamConfig | null);
  'chunk'?: (_triptych_v1_AudioChunk | null);
  'message'?: "config"|"chunk";
}

export interface TranscribeStreamRequest__Output {
  'config'?: (_triptych_v1_TranscribeStreamConfig__Output | null);
  'chunk'?: (_triptych_v1_AudioChunk__Output | null);
  'message'?: "config"|"chunk";
}
