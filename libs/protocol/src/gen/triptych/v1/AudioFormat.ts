// Original file: ../../proto/triptych/v1/audio.proto

import type { AudioEncoding as _triptych_v1_AudioEncoding, AudioEncoding__Output as _triptych_v1_AudioEncoding__Output } from '../../triptych/v1/AudioEncoding.js';

export interface AudioFormat {
  'encoding'?: (_triptych_v1_AudioEncoding);
  'sampleRateHz'?: (number);
  'channels'?: (number);
}

export interface AudioFormat__Output {
  'encoding': (_triptych_v1_AudioEncoding__Output);
  'sampleRateHz': (number);
  'channels': (number);
}
