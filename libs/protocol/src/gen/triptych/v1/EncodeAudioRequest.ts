// Original file: ../../proto/triptych/v1/audio.proto

import type { AudioClip as _triptych_v1_AudioClip, AudioClip__Output as _triptych_v1_AudioClip__Output } from '../../triptych/v1/AudioClip.js';
import type { AudioContext as _triptych_v1_AudioContext, AudioContext__Output as _triptych_v1_AudioContext__Output } from '../../triptych/v1/AudioContext.js';
import type { EmbeddingOptions as _triptych_v1_EmbeddingOptions, EmbeddingOptions__Output as _triptych_v1_EmbeddingOptions__Output } from '../../triptych/v1/EmbeddingOptions.js';

export interface EncodeAudioRequest {
  'model'?: (string);
  'clips'?: (_triptych_v1_AudioClip)[];
  'context'?: (_triptych_v1_AudioContext);
  'options'?: (_triptych_v1_EmbeddingOptions | null);
}

export interface EncodeAudioRequest__Output {
  'model': (string);
  'clips': (_triptych_v1_AudioClip__Output)[];
  'context': (_triptych_v1_AudioContext__Output);
  'options': (_triptych_v1_EmbeddingOptions__Output | null);
}
