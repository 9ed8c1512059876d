// Original file: ../../proto/triptych/v1/captioner.proto

import type { Caption as _triptych_v1_Caption, Caption__Output as _triptych_v1_Caption__Output } from '../../triptych/v1/Caption.js';

export interface CaptionResponse {
  'model'?: (string);
  'fingerprint'?: (string);
  'captions'?: (_triptych_v1_Caption)[];
}

export interface CaptionResponse__Output {
  'model': (string);
  'fingerprint': (string);
  'captions': (_triptych_v1_Caption__Output)[];
}
