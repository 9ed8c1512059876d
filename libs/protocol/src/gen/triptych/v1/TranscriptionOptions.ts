// Original file: ../../proto/triptych/v1/transcript.proto

import type { SpeechTask as _triptych_v1_SpeechTask, SpeechTask__Output as _triptych_v1_SpeechTask__Output } from '../../triptych/v1/SpeechTask.js';
import type { Long } from '@grpc/proto-loader';

export interface TranscriptionOptions {
  'language'?: (string);
  'task'?: (_triptych_v1_SpeechTask);
  'withoutTimestamps'?: (boolean);
  'prompt'?: (string);
  'temperature'?: (number | string);
  'beams'?: (number);
  'maxTokens'?: (number);
  'withoutFallback'?: (boolean);
  'conditionOnPreviousText'?: (boolean);
  'seed'?: (number | string | Long);
  'words'?: (boolean);
}

export interface TranscriptionOptions__Output {
  'language': (string);
  'task': (_triptych_v1_SpeechTask__Output);
  'withoutTimestamps': (boolean);
  'prompt': (string);
  'temperature': (number);
  'beams': (number);
  'maxTokens': (number);
  'withoutFallback': (boolean);
  'conditionOnPreviousText': (boolean);
  'seed': (number);
  'words': (boolean);
}
