// Original file: ../../proto/triptych/v1/cross_modal.proto

import type { Item as _triptych_v1_Item, Item__Output as _triptych_v1_Item__Output } from '../../triptych/v1/Item.js';
import type { RankFusion as _triptych_v1_RankFusion, RankFusion__Output as _triptych_v1_RankFusion__Output } from '../../triptych/v1/RankFusion.js';
import type { EarlyFusion as _triptych_v1_EarlyFusion, EarlyFusion__Output as _triptych_v1_EarlyFusion__Output } from '../../triptych/v1/EarlyFusion.js';

export interface RankRequest {
  'model'?: (string);
  'queries'?: (_triptych_v1_Item)[];
  'candidates'?: (_triptych_v1_Item)[];
  'topK'?: (number);
  'fusion'?: (_triptych_v1_RankFusion | null);
  'early'?: (_triptych_v1_EarlyFusion | null);
}

export interface RankRequest__Output {
  'model': (string);
  'queries': (_triptych_v1_Item__Output)[];
  'candidates': (_triptych_v1_Item__Output)[];
  'topK': (number);
  'fusion': (_triptych_v1_RankFusion__Output | null);
  'early': (_triptych_v1_EarlyFusion__Output | null);
}
