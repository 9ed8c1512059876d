// Original file: ../../proto/triptych/v1/image.proto

import type { ModelStamp as _triptych_v1_ModelStamp, ModelStamp__Output as _triptych_v1_ModelStamp__Output } from '../../triptych/v1/ModelStamp.js';

export interface ImageStreamReady {
  'stamp'?: (_triptych_v1_ModelStamp | null);
  'dimensions'?: (number);
  'maxBatchImages'?: (number);
}

export interface ImageStreamReady__Output {
  'stamp': (_triptych_v1_ModelStamp__Output | null);
  'dimensions': (number);
  'maxBatchImages': (number);
}
