// Original file: ../../proto/triptych/v1/cross_modal.proto

import type { Item as _triptych_v1_Item, Item__Output as _triptych_v1_Item__Output } from '../../triptych/v1/Item.js';
import type { VectorFusionRule as _triptych_v1_VectorFusionRule, VectorFusionRule__Output as _triptych_v1_VectorFusionRule__Output } from '../../triptych/v1/VectorFusionRule.js';
import type { EmbeddingEncoding as _triptych_v1_EmbeddingEncoding, EmbeddingEncoding__Output as _triptych_v1_EmbeddingEncoding__Output } from '../../triptych/v1/EmbeddingEncoding.js';

export interface FuseRequest {
  'model'?: (string);
  'items'?: (_triptych_v1_Item)[];
  'rule'?: (_triptych_v1_VectorFusionRule);
  'encoding'?: (_triptych_v1_EmbeddingEncoding);
}

export interface FuseRequest__Output {
  'model': (string);
  'items': (_triptych_v1_Item__Output)[];
  'rule': (_triptych_v1_VectorFusionRule__Output);
  'encoding': (_triptych_v1_EmbeddingEncoding__Output);
}
