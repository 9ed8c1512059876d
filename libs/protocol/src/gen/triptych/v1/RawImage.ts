// Original file: ../../proto/triptych/v1/image.proto

import type { PixelFormat as _triptych_v1_PixelFormat, PixelFormat__Output as _triptych_v1_PixelFormat__Output } from '../../triptych/v1/PixelFormat.js';

export interface RawImage {
  'format'?: (_triptych_v1_PixelFormat);
  'width'?: (number);
  'height'?: (number);
  'data'?: (Buffer | Uint8Array | string);
}

export interface RawImage__Output {
  'format': (_triptych_v1_PixelFormat__Output);
  'width': (number);
  'height': (number);
  'data': (Buffer);
}
