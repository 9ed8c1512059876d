// Original file: ../../proto/triptych/v1/cross_modal.proto

import type { Item as _triptych_v1_Item, Item__Output as _triptych_v1_Item__Output } from '../../triptych/v1/Item.js';
import type { EarlyFusion as _triptych_v1_EarlyFusion, EarlyFusion__Output as _triptych_v1_EarlyFusion__Output } from '../../triptych/v1/EarlyFusion.js';

export interface ClassifyRequest {
  'model'?: (string);
  'items'?: (_triptych_v1_Item)[];
  'labels'?: (string)[];
  'template'?: (string);
  'early'?: (_triptych_v1_EarlyFusion | null);
}

export interface ClassifyRequest__Output {
  'model': (string);
  'items': (_triptych_v1_Item__Output)[];
  'labels': (string)[];
  'template': (string);
  'early': (_triptych_v1_EarlyFusion__Output | null);
}
