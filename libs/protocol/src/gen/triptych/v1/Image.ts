// Original file: ../../proto/triptych/v1/image.proto

import type { RawImage as _triptych_v1_RawImage, RawImage__Output as _triptych_v1_RawImage__Output } from '../../triptych/v1/RawImage.js';

export interface Image {
  'id'?: (string);
  'encoded'?: (Buffer | Uint8Array | string);
  'raw'?: (_triptych_v1_RawImage | null);
  'source'?: "encoded"|"raw";
}

export interface Image__Output {
  'id': (string);
  'encoded'?: (Buffer);
  'raw'?: (_triptych_v1_RawImage__Output | null);
  'source'?: "encoded"|"raw";
}
