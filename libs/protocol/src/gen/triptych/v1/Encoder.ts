// Original file: ../../proto/triptych/v1/models.proto

import type { Modality as _triptych_v1_Modality, Modality__Output as _triptych_v1_Modality__Output } from '../../triptych/v1/Modality.js';
import type { Pooling as _triptych_v1_Pooling, Pooling__Output as _triptych_v1_Pooling__Output } from '../../triptych/v1/Pooling.js';
import type { AudioLimits as _triptych_v1_AudioLimits, AudioLimits__Output as _triptych_v1_AudioLimits__Output } from '../../triptych/v1/AudioLimits.js';
import type { ImageLimits as _triptych_v1_ImageLimits, ImageLimits__Output as _triptych_v1_ImageLimits__Output } from '../../triptych/v1/ImageLimits.js';
import type { TextLimits as _triptych_v1_TextLimits, TextLimits__Output as _triptych_v1_TextLimits__Output } from '../../triptych/v1/TextLimits.js';

export interface Encoder {
  'modality'?: (_triptych_v1_Modality);
  'dimensions'?: (number);
  'defaultPooling'?: (_triptych_v1_Pooling);
  'poolings'?: (_triptych_v1_Pooling)[];
  'isDefault'?: (boolean);
  'space'?: (string);
  'audio'?: (_triptych_v1_AudioLimits | null);
  'image'?: (_triptych_v1_ImageLimits | null);
  'text'?: (_triptych_v1_TextLimits | null);
}

export interface Encoder__Output {
  'modality': (_triptych_v1_Modality__Output);
  'dimensions': (number);
  'defaultPooling': (_triptych_v1_Pooling__Output);
  'poolings': (_triptych_v1_Pooling__Output)[];
  'isDefault': (boolean);
  'space': (string);
  'audio': (_triptych_v1_AudioLimits__Output | null);
  'image': (_triptych_v1_ImageLimits__Output | null);
  'text': (_triptych_v1_TextLimits__Output | null);
}
