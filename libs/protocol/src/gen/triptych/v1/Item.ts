// Original file: ../../proto/triptych/v1/cross_modal.proto

import type { Image as _triptych_v1_Image, Image__Output as _triptych_v1_Image__Output } from '../../triptych/v1/Image.js';
import type { AudioClip as _triptych_v1_AudioClip, AudioClip__Output as _triptych_v1_AudioClip__Output } from '../../triptych/v1/AudioClip.js';
import type { Embedding as _triptych_v1_Embedding, Embedding__Output as _triptych_v1_Embedding__Output } from '../../triptych/v1/Embedding.js';

export interface Item {
  'id'?: (string);
  'text'?: (string);
  'image'?: (_triptych_v1_Image | null);
  'audio'?: (_triptych_v1_AudioClip | null);
  'embedding'?: (_triptych_v1_Embedding | null);
  'space'?: (string);
  'weight'?: (number | string);
  'content'?: "text"|"image"|"audio"|"embedding";
  '_weight'?: "weight";
}

export interface Item__Output {
  'id': (string);
  'text'?: (string);
  'image'?: (_triptych_v1_Image__Output | null);
  'audio'?: (_triptych_v1_AudioClip__Output | null);
  'embedding'?: (_triptych_v1_Embedding__Output | null);
  'space': (string);
  'weight'?: (number);
  'content'?: "text"|"image"|"audio"|"embedding";
  '_weight'?: "weight";
}
