// Original file: ../../proto/triptych/v1/cross_modal.proto

import type { ModelStamp as _triptych_v1_ModelStamp, ModelStamp__Output as _triptych_v1_ModelStamp__Output } from '../../triptych/v1/ModelStamp.js';
import type { Embedding as _triptych_v1_Embedding, Embedding__Output as _triptych_v1_Embedding__Output } from '../../triptych/v1/Embedding.js';

export interface FuseResponse {
  'stamp'?: (_triptych_v1_ModelStamp | null);
  'embedding'?: (_triptych_v1_Embedding | null);
  'cosines'?: (number | string)[];
}

export interface FuseResponse__Output {
  'stamp': (_triptych_v1_ModelStamp__Output | null);
  'embedding': (_triptych_v1_Embedding__Output | null);
  'cosines': (number)[];
}
