// Original file: ../../proto/triptych/v1/captioner.proto

import type { Image as _triptych_v1_Image, Image__Output as _triptych_v1_Image__Output } from '../../triptych/v1/Image.js';

export interface CaptionRequest {
  'model'?: (string);
  'images'?: (_triptych_v1_Image)[];
  'prompt'?: (string);
  'beams'?: (number);
  'maxTokens'?: (number);
}

export interface CaptionRequest__Output {
  'model': (string);
  'images': (_triptych_v1_Image__Output)[];
  'prompt': (string);
  'beams': (number);
  'maxTokens': (number);
}
