// Original file: ../../proto/triptych/v1/cross_modal.proto

import type { ItemError as _triptych_v1_ItemError, ItemError__Output as _triptych_v1_ItemError__Output } from '../../triptych/v1/ItemError.js';

export interface FailedItem {
  'index'?: (number);
  'error'?: (_triptych_v1_ItemError | null);
}

export interface FailedItem__Output {
  'index': (number);
  'error': (_triptych_v1_ItemError__Output | null);
}
