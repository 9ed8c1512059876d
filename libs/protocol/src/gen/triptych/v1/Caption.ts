// Original file: ../../proto/triptych/v1/captioner.proto

import type { FinishReason as _triptych_v1_FinishReason, FinishReason__Output as _triptych_v1_FinishReason__Output } from '../../triptych/v1/FinishReason.js';
import type { ItemError as _triptych_v1_ItemError, ItemError__Output as _triptych_v1_ItemError__Output } from '../../triptych/v1/ItemError.js';

export interface Caption {
  'id'?: (string);
  'text'?: (string);
  'tokens'?: (number);
  'meanLogProbability'?: (number | string);
  'finishReason'?: (_triptych_v1_FinishReason);
  'error'?: (_triptych_v1_ItemError | null);
}

export interface Caption__Output {
  'id': (string);
  'text': (string);
  'tokens': (number);
  'meanLogProbability': (number);
  'finishReason': (_triptych_v1_FinishReason__Output);
  'error': (_triptych_v1_ItemError__Output | null);
}
