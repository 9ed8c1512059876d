// Original file: ../../proto/triptych/v1/cross_modal.proto

import type { ModelStamp as _triptych_v1_ModelStamp, ModelStamp__Output as _triptych_v1_ModelStamp__Output } from '../../triptych/v1/ModelStamp.js';
import type { Ranking as _triptych_v1_Ranking, Ranking__Output as _triptych_v1_Ranking__Output } from '../../triptych/v1/Ranking.js';
import type { FailedItem as _triptych_v1_FailedItem, FailedItem__Output as _triptych_v1_FailedItem__Output } from '../../triptych/v1/FailedItem.js';

export interface RankResponse {
  'stamp'?: (_triptych_v1_ModelStamp | null);
  'rankings'?: (_triptych_v1_Ranking)[];
  'failedCandidates'?: (_triptych_v1_FailedItem)[];
  'sourceStamps'?: (_triptych_v1_ModelStamp)[];
}

export interface RankResponse__Output {
  'stamp': (_triptych_v1_ModelStamp__Output | null);
  'rankings': (_triptych_v1_Ranking__Output)[];
  'failedCandidates': (_triptych_v1_FailedItem__Output)[];
  'sourceStamps': (_triptych_v1_ModelStamp__Output)[];
}
