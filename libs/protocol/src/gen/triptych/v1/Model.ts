// Original file: ../../proto/triptych/v1/models.proto

import type { Encoder as _triptych_v1_Encoder, Encoder__Output as _triptych_v1_Encoder__Output } from '../../triptych/v1/Encoder.js';
import type { ModelState as _triptych_v1_ModelState, ModelState__Output as _triptych_v1_ModelState__Output } from '../../triptych/v1/ModelState.js';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.js';
import type { LoadFailure as _triptych_v1_LoadFailure, LoadFailure__Output as _triptych_v1_LoadFailure__Output } from '../../triptych/v1/LoadFailure.js';
import type { Long } from '@grpc/proto-loader';

export interface Model {
  'name'?: (string);
  'fingerprint'?: (string);
  'architecture'?: (string);
  'encoders'?: (_triptych_v1_Encoder)[];
  'weightType'?: (string);
  'parameters'?: (number | string | Long);
  'loadMs'?: (number | string);
  'version'?: (string);
  'aliases'?: (string)[];
  'state'?: (_triptych_v1_ModelState);
  'memoryBytes'?: (number | string | Long);
  'loads'?: (number | string | Long);
  'failures'?: (number | string | Long);
  'lastUse'?: (_google_protobuf_Timestamp | null);
  'lastFailure'?: (_triptych_v1_LoadFailure | null);
  'device'?: (string);
  'precision'?: (string);
  'captions'?: (boolean);
  'transcribes'?: (boolean);
}

export interface Model__Output {
  'name': (string);
  'fingerprint': (string);
  'architecture': (string);
  'encoders': (_triptych_v1_Encoder__Output)[];
  'weightType': (string);
  'parameters': (number);
  'loadMs': (number);
  'version': (string);
  'aliases': (string)[];
  'state': (_triptych_v1_ModelState__Output);
  'memoryBytes': (number);
  'loads': (number);
  'failures': (number);
  'lastUse': (_google_protobuf_Timestamp__Output | null);
  'lastFailure': (_triptych_v1_LoadFailure__Output | null);
  'device': (string);
  'precision': (string);
  'captions': (boolean);
  'transcribes': (boolean);
}
