// Original file: ../../proto/triptych/v1/text.proto

import type { EmbeddingOptions as _triptych_v1_EmbeddingOptions, EmbeddingOptions__Output as _triptych_v1_EmbeddingOptions__Output } from '../../triptych/v1/EmbeddingOptions.js';

export interface EncodeTextsRequest {
  'model'?: (string);
  'texts'?: (string)[];
  'options'?: (_triptych_v1_EmbeddingOptions | null);
  'rejectTooLong'?: (boolean);
  'promptName'?: (string);
  '_promptName'?: "promptName";
}

export interface EncodeTextsRequest__Output {
  'model': (string);
  'texts': (string)[];
  'options': (_triptych_v1_EmbeddingOptions__Output | null);
  'rejectTooLong': (boolean);
  'promptName'?: (string);
  '_promptName'?: "promptName";
}
