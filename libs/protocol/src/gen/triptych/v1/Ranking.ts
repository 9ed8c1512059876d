// Original file: ../../proto/triptych/v1/cross_modal.proto

import type { RankedItem as _triptych_v1_RankedItem, RankedItem__Output as _triptych_v1_RankedItem__Output } from '../../triptych/v1/RankedItem.js';

export interface Ranking {
  'queryId'?: (string);
  'items'?: (_triptych_v1_RankedItem)[];
}

export interface Ranking__Output {
  'queryId': (string);
  'items': (_triptych_v1_RankedItem__Output)[];
}
