// Original file: ../../proto/triptych/v1/cross_modal.proto

import type { RankFusionRule as _triptych_v1_RankFusionRule, RankFusionRule__Output as _triptych_v1_RankFusionRule__Output } from '../../triptych/v1/RankFusionRule.js';
import type { RankSource as _triptych_v1_RankSource, RankSource__Output as _triptych_v1_RankSource__Output } from '../../triptych/v1/RankSource.js';

export interface RankFusion {
  'rule'?: (_triptych_v1_RankFusionRule);
  'sources'?: (_triptych_v1_RankSource)[];
  'rankConstant'?: (number);
}

export interface RankFusion__Output {
  'rule': (_triptych_v1_RankFusionRule__Output);
  'sources': (_triptych_v1_RankSource__Output)[];
  'rankConstant': (number);
}
