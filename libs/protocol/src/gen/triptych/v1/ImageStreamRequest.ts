// Original file: ../../proto/triptych/v1/image.proto

import type { ImageStreamConfig as _triptych_v1_ImageStreamConfig, ImageStreamConfig__Output as _triptych_v1_ImageStreamConfig__Output } from '../../triptych/v1/ImageStreamConfig.js';
import type { ImageBatch as _triptych_v1_ImageBatch, ImageBatch__Output as _triptych_v1_ImageBatch__Output } from '../../triptych/v1/ImageBatch.js';

export interface ImageStreamRequest {
  'config'?: (_triptych_v1_ImageStreamConfig | null);
  'batch'?: (_triptych_v1_ImageBatch | null);
  'message'?: "config"|"batch";
}

export interface ImageStreamRequest__Output {
  'config'?: (_triptych_v1_ImageStreamConfig__Output | null);
  'batch'?: (_triptych_v1_ImageBatch__Output | null);
  'message'?: "config"|"batch";
}
