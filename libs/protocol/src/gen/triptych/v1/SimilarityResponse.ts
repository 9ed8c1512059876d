// Original file: ../../proto/triptych/v1/cross_modal.proto

import type { ModelStamp as _triptych_v1_ModelStamp, ModelStamp__Output as _triptych_v1_ModelStamp__Output } from '../../triptych/v1/ModelStamp.js';

export interface SimilarityResponse {
  'stamp'?: (_triptych_v1_ModelStamp | null);
  'rows'?: (number);
  'columns'?: (number);
  'scores'?: (number | string)[];
}

export interface SimilarityResponse__Output {
  'stamp': (_triptych_v1_ModelStamp__Output | null);
  'rows': (number);
  'columns': (number);
  'scores': (number)[];
}
