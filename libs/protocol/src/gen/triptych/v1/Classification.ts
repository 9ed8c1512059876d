// Original file: ../../proto/triptych/v1/cross_modal.proto

import type { LabelScore as _triptych_v1_LabelScore, LabelScore__Output as _triptych_v1_LabelScore__Output } from '../../triptych/v1/LabelScore.js';
import type { ItemError as _triptych_v1_ItemError, ItemError__Output as _triptych_v1_ItemError__Output } from '../../triptych/v1/ItemError.js';

export interface Classification {
  'id'?: (string);
  'labels'?: (_triptych_v1_LabelScore)[];
  'error'?: (_triptych_v1_ItemError | null);
}

export interface Classification__Output {
  'id': (string);
  'labels': (_triptych_v1_LabelScore__Output)[];
  'error': (_triptych_v1_ItemError__Output | null);
}
