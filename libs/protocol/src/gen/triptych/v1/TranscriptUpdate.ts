// Original file: ../../proto/triptych/v1/transcriber.proto

import type { TranscriptSegment as _triptych_v1_TranscriptSegment, TranscriptSegment__Output as _triptych_v1_TranscriptSegment__Output } from '../../triptych/v1/TranscriptSegment.js';

export interface TranscriptUpdate {
  'segments'?: (_triptych_v1_TranscriptSegment)[];
  'language'?: (string);
}

export interface TranscriptUpdate__Output {
  'segments': (_triptych_v1_TranscriptSegment__Output)[];
  'language': (string);
}
