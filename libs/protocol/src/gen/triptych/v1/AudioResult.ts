// Original file: ../../proto/triptych/v1/audio.proto

import type { Embedding as _triptych_v1_Embedding, Embedding__Output as _triptych_v1_Embedding__Output } from '../../triptych/v1/Embedding.js';
import type { ItemError as _triptych_v1_ItemError, ItemError__Output as _triptych_v1_ItemError__Output } from '../../triptych/v1/ItemError.js';
import type { Timing as _triptych_v1_Timing, Timing__Output as _triptych_v1_Timing__Output } from '../../triptych/v1/Timing.js';

export interface AudioResult {
  'id'?: (string);
  'embedding'?: (_triptych_v1_Embedding | null);
  'error'?: (_triptych_v1_ItemError | null);
  'validFrames'?: (number);
  'timing'?: (_triptych_v1_Timing | null);
  'outcome'?: "embedding"|"error";
}

export interface AudioResult__Output {
  'id': (string);
  'embedding'?: (_triptych_v1_Embedding__Output | null);
  'error'?: (_triptych_v1_ItemError__Output | null);
  'validFrames': (number);
  'timing': (_triptych_v1_Timing__Output | null);
  'outcome'?: "embedding"|"error";
}
