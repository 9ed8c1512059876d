// Original file: ../../proto/triptych/v1/cross_modal.proto

import type { ModelStamp as _triptych_v1_ModelStamp, ModelStamp__Output as _triptych_v1_ModelStamp__Output } from '../../triptych/v1/ModelStamp.js';
import type { MatchResult as _triptych_v1_MatchResult, MatchResult__Output as _triptych_v1_MatchResult__Output } from '../../triptych/v1/MatchResult.js';

export interface MatchResponse {
  'stamp'?: (_triptych_v1_ModelStamp | null);
  'results'?: (_triptych_v1_MatchResult)[];
}

export interface MatchResponse__Output {
  'stamp': (_triptych_v1_ModelStamp__Output | null);
  'results': (_triptych_v1_MatchResult__Output)[];
}
