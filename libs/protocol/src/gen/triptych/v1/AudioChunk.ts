// Original file: ../../proto/triptych/v1/audio.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.js';
import type { Long } from '@grpc/proto-loader';

export interface AudioChunk {
  'sequence'?: (number | string | Long);
  'data'?: (Buffer | Uint8Array | string);
  'capturedAt'?: (_google_protobuf_Timestamp | null);
  'flush'?: (boolean);
}

export interface AudioChunk__Output {
  'sequence': (number);
  'data': (Buffer);
  'capturedAt': (_google_protobuf_Timestamp__Output | null);
  'flush': (boolean);
}
