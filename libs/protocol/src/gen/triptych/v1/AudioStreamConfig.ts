// Original file: ../../proto/triptych/v1/audio.proto

import type { AudioFormat as _triptych_v1_AudioFormat, AudioFormat__Output as _triptych_v1_AudioFormat__Output } from '../../triptych/v1/AudioFormat.js';
import type { TailPolicy as _triptych_v1_TailPolicy, TailPolicy__Output as _triptych_v1_TailPolicy__Output } from '../../triptych/v1/TailPolicy.js';
import type { AudioContext as _triptych_v1_AudioContext, AudioContext__Output as _triptych_v1_AudioContext__Output } from '../../triptych/v1/AudioContext.js';
import type { EmbeddingOptions as _triptych_v1_EmbeddingOptions, EmbeddingOptions__Output as _triptych_v1_EmbeddingOptions__Output } from '../../triptych/v1/EmbeddingOptions.js';
import type { AudioStreamResume as _triptych_v1_AudioStreamResume, AudioStreamResume__Output as _triptych_v1_AudioStreamResume__Output } from '../../triptych/v1/AudioStreamResume.js';
import type { TranscriptionOptions as _triptych_v1_TranscriptionOptions, TranscriptionOptions__Output as _triptych_v1_TranscriptionOptions__Output } from '../../triptych/v1/TranscriptionOptions.js';

export interface AudioStreamConfig {
  'model'?: (string);
  'format'?: (_triptych_v1_AudioFormat | null);
  'windowMs'?: (number);
  'hopMs'?: (number);
  'tail'?: (_triptych_v1_TailPolicy);
  'context'?: (_triptych_v1_AudioContext);
  'options'?: (_triptych_v1_EmbeddingOptions | null);
  'resume'?: (_triptych_v1_AudioStreamResume | null);
  'maxLagMs'?: (number);
  'transcription'?: (_triptych_v1_TranscriptionOptions | null);
}

export interface AudioStreamConfig__Output {
  'model': (string);
  'format': (_triptych_v1_AudioFormat__Output | null);
  'windowMs': (number);
  'hopMs': (number);
  'tail': (_triptych_v1_TailPolicy__Output);
  'context': (_triptych_v1_AudioContext__Output);
  'options': (_triptych_v1_EmbeddingOptions__Output | null);
  'resume': (_triptych_v1_AudioStreamResume__Output | null);
  'maxLagMs': (number);
  'transcription': (_triptych_v1_TranscriptionOptions__Output | null);
}
