// Original file: ../../proto/triptych/v1/cross_modal.proto

import type { MatchPair as _triptych_v1_MatchPair, MatchPair__Output as _triptych_v1_MatchPair__Output } from '../../triptych/v1/MatchPair.js';
import type { EmbeddingEncoding as _triptych_v1_EmbeddingEncoding, EmbeddingEncoding__Output as _triptych_v1_EmbeddingEncoding__Output } from '../../triptych/v1/EmbeddingEncoding.js';

export interface MatchRequest {
  'model'?: (string);
  'pairs'?: (_triptych_v1_MatchPair)[];
  'normalize'?: (boolean);
  'encoding'?: (_triptych_v1_EmbeddingEncoding);
  '_normalize'?: "normalize";
}

export interface MatchRequest__Output {
  'model': (string);
  'pairs': (_triptych_v1_MatchPair__Output)[];
  'normalize'?: (boolean);
  'encoding': (_triptych_v1_EmbeddingEncoding__Output);
  '_normalize'?: "normalize";
}
