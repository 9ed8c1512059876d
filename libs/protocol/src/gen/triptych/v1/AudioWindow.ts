// Original file: ../../proto/triptych/v1/audio.proto

import type { Embedding as _triptych_v1_Embedding, Embedding__Output as _triptych_v1_Embedding__Output } from '../../triptych/v1/Embedding.js';
import type { ItemError as _triptych_v1_ItemError, ItemError__Output as _triptych_v1_ItemError__Output } from '../../triptych/v1/ItemError.js';
import type { Timing as _triptych_v1_Timing, Timing__Output as _triptych_v1_Timing__Output } from '../../triptych/v1/Timing.js';
import type { WindowTranscript as _triptych_v1_WindowTranscript, WindowTranscript__Output as _triptych_v1_WindowTranscript__Output } from '../../triptych/v1/WindowTranscript.js';
import type { Long } from '@grpc/proto-loader';

export interface AudioWindow {
  'index'?: (number | string | Long);
  'startSample'?: (number | string | Long);
  'endSample'?: (number | string | Long);
  'validFrames'?: (number);
  'partial'?: (boolean);
  'lastSequence'?: (number | string | Long);
  'embedding'?: (_triptych_v1_Embedding | null);
  'error'?: (_triptych_v1_ItemError | null);
  'timing'?: (_triptych_v1_Timing | null);
  'transcript'?: (_triptych_v1_WindowTranscript | null);
  'outcome'?: "embedding"|"error";
}

export interface AudioWindow__Output {
  'index': (number);
  'startSample': (number);
  'endSample': (number);
  'validFrames': (number);
  'partial': (boolean);
  'lastSequence': (number);
  'embedding'?: (_triptych_v1_Embedding__Output | null);
  'error'?: (_triptych_v1_ItemError__Output | null);
  'timing': (_triptych_v1_Timing__Output | null);
  'transcript': (_triptych_v1_WindowTranscript__Output | null);
  'outcome'?: "embedding"|"error";
}
