// Original file: ../../proto/triptych/v1/audio.proto

import type { AudioStreamConfig as _triptych_v1_AudioStreamConfig, AudioStreamConfig__Output as _triptych_v1_AudioStreamConfig__Output } from '../../triptych/v1/AudioStreamConfig.js';
import type { AudioChunk as _triptych_v1_AudioChunk, AudioChunk__Output as _triptych_v1_AudioChunk__Output } from '../../triptych/v1/AudioChunk.js';

export interface AudioStreamRequest {
  'config'?: (_triptych_v1_AudioStreamConfig | null);
  'chunk'?: (_triptych_v1_AudioChunk | null);
  'message'?: "config"|"chunk";
}

export interface AudioStreamRequest__Output {
  'config'?: (_triptych_v1_AudioStreamConfig__Output | null);
  'chunk'?: (_triptych_v1_AudioChunk__Output | null);
  'message'?: "config"|"chunk";
}
