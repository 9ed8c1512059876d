// Original file: ../../proto/triptych/v1/transcript.proto

import type { FinishReason as _triptych_v1_FinishReason, FinishReason__Output as _triptych_v1_FinishReason__Output } from '../../triptych/v1/FinishReason.js';
import type { TranscriptWord as _triptych_v1_TranscriptWord, TranscriptWord__Output as _triptych_v1_TranscriptWord__Output } from '../../triptych/v1/TranscriptWord.js';

export interface TranscriptSegment {
  'startS'?: (number | string);
  'endS'?: (number | string);
  'text'?: (string);
  'final'?: (boolean);
  'tokens'?: (number)[];
  'temperature'?: (number | string);
  'meanLogProbability'?: (number | string);
  'compressionRatio'?: (number | string);
  'noSpeechProbability'?: (number | string);
  'finishReason'?: (_triptych_v1_FinishReason);
  'words'?: (_triptych_v1_TranscriptWord)[];
}

export interface TranscriptSegment__Output {
  'startS': (number);
  'endS': (number);
  'text': (string);
  'final': (boolean);
  'tokens': (number)[];
  'temperature': (number);
  'meanLogProbability': (number);
  'compressionRatio': (number);
  'noSpeechProbability': (number);
  'finishReason': (_triptych_v1_FinishReason__Output);
  'words': (_triptych_v1_TranscriptWord__Output)[];
}
