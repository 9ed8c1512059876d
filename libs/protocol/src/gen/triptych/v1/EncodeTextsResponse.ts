// Original file: ../../proto/triptych/v1/text.proto

import type { ModelStamp as _triptych_v1_ModelStamp, ModelStamp__Output as _triptych_v1_ModelStamp__Output } from '../../triptych/v1/ModelStamp.js';
import type { TextResult as _triptych_v1_TextResult, TextResult__Output as _triptych_v1_TextResult__Output } from '../../triptych/v1/TextResult.js';

export interface EncodeTextsResponse {
  'stamp'?: (_triptych_v1_ModelStamp | null);
  'results'?: (_triptych_v1_TextResult)[];
}

export interface EncodeTextsResponse__Output {
  'stamp': (_triptych_v1_ModelStamp__Output | null);
  'results': (_triptych_v1_TextResult__Output)[];
}
