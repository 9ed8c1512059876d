// Original file: ../../proto/triptych/v1/cross_modal.proto

import type { ModelStamp as _triptych_v1_ModelStamp, ModelStamp__Output as _triptych_v1_ModelStamp__Output } from '../../triptych/v1/ModelStamp.js';
import type { FailedItem as _triptych_v1_FailedItem, FailedItem__Output as _triptych_v1_FailedItem__Output } from '../../triptych/v1/FailedItem.js';

export interface SimilarityResponse {
  'stamp'?: (_triptych_v1_ModelStamp | null);
  'rows'?: (number);
  'columns'?: (number);
  'scores'?: (number | string)[];
  'failedQueries'?: (_triptych_v1_FailedItem)[];
  'failedCandidates'?: (_triptych_v1_FailedItem)[];
}

export interface SimilarityResponse__Output {
  'stamp': (_triptych_v1_ModelStamp__Output | null);
  'rows': (number);
  'columns': (number);
  'scores': (number)[];
  'failedQueries': (_triptych_v1_FailedItem__Output)[];
  'failedCandidates': (_triptych_v1_FailedItem__Output)[];
}
