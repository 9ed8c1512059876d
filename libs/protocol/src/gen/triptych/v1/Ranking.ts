// Original file: ../../proto/triptych/v1/cross_modal.proto

import type { RankedItem as _triptych_v1_RankedItem, RankedItem__Output as _triptych_v1_RankedItem__Output } from '../../triptych/v1/RankedItem.js';
import type { ItemError as _triptych_v1_ItemError, ItemError__Output as _triptych_v1_ItemError__Output } from '../../triptych/v1/ItemError.js';

export interface Ranking {
  'queryId'?: (string);
  'items'?: (_triptych_v1_RankedItem)[];
  'error'?: (_triptych_v1_ItemError | null);
}

export interface Ranking__Output {
  'queryId': (string);
  'items': (_triptych_v1_RankedItem__Output)[];
  'error': (_triptych_v1_ItemError__Output | null);
}
