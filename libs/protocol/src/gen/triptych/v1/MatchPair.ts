// Original file: ../../proto/triptych/v1/cross_modal.proto

import type { Image as _triptych_v1_Image, Image__Output as _triptych_v1_Image__Output } from '../../triptych/v1/Image.js';

export interface MatchPair {
  'id'?: (string);
  'text'?: (string);
  'image'?: (_triptych_v1_Image | null);
}

export interface MatchPair__Output {
  'id': (string);
  'text': (string);
  'image': (_triptych_v1_Image__Output | null);
}
