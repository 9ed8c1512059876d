// Original file: ../../proto/triptych/v1/models.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.js';

export interface LoadFailure {
  'reason'?: (string);
  'message'?: (string);
  'at'?: (_google_protobuf_Timestamp | null);
}

export interface LoadFailure__Output {
  'reason': (string);
  'message': (string);
  'at': (_google_protobuf_Timestamp__Output | null);
}
