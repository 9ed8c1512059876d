// Original file: ../../proto/triptych/v1/audio.proto

import type { AudioFormat as _triptych_v1_AudioFormat, AudioFormat__Output as _triptych_v1_AudioFormat__Output } from '../../triptych/v1/AudioFormat.js';

export interface AudioClip {
  'id'?: (string);
  'format'?: (_triptych_v1_AudioFormat | null);
  'data'?: (Buffer | Uint8Array | string);
}

export interface AudioClip__Output {
  'id': (string);
  'format': (_triptych_v1_AudioFormat__Output | null);
  'data': (Buffer);
}
