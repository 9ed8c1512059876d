// Original file: ../../proto/triptych/v1/cross_modal.proto

import type { Embedding as _triptych_v1_Embedding, Embedding__Output as _triptych_v1_Embedding__Output } from '../../triptych/v1/Embedding.js';
import type { ItemError as _triptych_v1_ItemError, ItemError__Output as _triptych_v1_ItemError__Output } from '../../triptych/v1/ItemError.js';

export interface MatchResult {
  'id'?: (string);
  'probability'?: (number | string);
  'embedding'?: (_triptych_v1_Embedding | null);
  'error'?: (_triptych_v1_ItemError | null);
}

export interface MatchResult__Output {
  'id': (string);
  'probability': (number);
  'embedding': (_triptych_v1_Embedding__Output | null);
  'error': (_triptych_v1_ItemError__Output | null);
}
