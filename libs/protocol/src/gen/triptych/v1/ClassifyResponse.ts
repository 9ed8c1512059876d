// Original file: ../../proto/triptych/v1/cross_modal.proto

import type { ModelStamp as _triptych_v1_ModelStamp, ModelStamp__Output as _triptych_v1_ModelStamp__Output } from '../../triptych/v1/ModelStamp.js';
import type { Classification as _triptych_v1_Classification, Classification__Output as _triptych_v1_Classification__Output } from '../../triptych/v1/Classification.js';

export interface ClassifyResponse {
  'stamp'?: (_triptych_v1_ModelStamp | null);
  'classifications'?: (_triptych_v1_Classification)[];
}

export interface ClassifyResponse__Output {
  'stamp': (_triptych_v1_ModelStamp__Output | null);
  'classifications': (_triptych_v1_Classification__Output)[];
}
