// Original file: ../../proto/triptych/v1/image.proto

import type { ImageStreamReady as _triptych_v1_ImageStreamReady, ImageStreamReady__Output as _triptych_v1_ImageStreamReady__Output } from '../../triptych/v1/ImageStreamReady.js';
import type { ImageBatchResult as _triptych_v1_ImageBatchResult, ImageBatchResult__Output as _triptych_v1_ImageBatchResult__Output } from '../../triptych/v1/ImageBatchResult.js';
import type { ImageStreamSummary as _triptych_v1_ImageStreamSummary, ImageStreamSummary__Output as _triptych_v1_ImageStreamSummary__Output } from '../../triptych/v1/ImageStreamSummary.js';

export interface ImageStreamResponse {
  'ready'?: (_triptych_v1_ImageStreamReady | null);
  'result'?: (_triptych_v1_ImageBatchResult | null);
  'summary'?: (_triptych_v1_ImageStreamSummary | null);
  'message'?: "ready"|"result"|"summary";
}

export interface ImageStreamResponse__Output {
  'ready'?: (_triptych_v1_ImageStreamReady__Output | null);
  'result'?: (_triptych_v1_ImageBatchResult__Output | null);
  'summary'?: (_triptych_v1_ImageStreamSummary__Output | null);
  'message'?: "ready"|"result"|"summary";
}
