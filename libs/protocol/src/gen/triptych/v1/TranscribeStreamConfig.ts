// Original file: ../../proto/triptych/v1/transcriber.proto

import type { AudioFormat as _triptych_v1_AudioFormat, AudioFormat__Output as _triptych_v1_AudioFormat__Output } from '../../triptych/v1/AudioFormat.js';
import type { TranscriptionOptions as _triptych_v1_TranscriptionOptions, TranscriptionOptions__Output as _triptych_v1_TranscriptionOptions__Output } from '../../triptych/v1/TranscriptionOptions.js';

export interface TranscribeStreamConfig {
  'model'?: (string);
  'format'?: (_triptych_v1_AudioFormat | null);
  'options'?: (_triptych_v1_TranscriptionOptions | null);
  'partialIntervalMs'?: (number);
}

export interface TranscribeStreamConfig__Output {
  'model': (string);
  'format': (_triptych_v1_AudioFormat__Output | null);
  'options': (_triptych_v1_TranscriptionOptions__Output | null);
  'partialIntervalMs': (number);
}
