// Original file: ../../proto/triptych/v1/models.proto

import type { Encoder as _triptych_v1_Encoder, Encoder__Output as _triptych_v1_Encoder__Output } from '../../triptych/v1/Encoder.js';
import type { Long } from '@grpc/proto-loader';

export interface Model {
  'name'?: (string);
  'fingerprint'?: (string);
  'architecture'?: (string);
  'encoders'?: (_triptych_v1_Encoder)[];
  'weightType'?: (string);
  'parameters'?: (number | string | Long);
  'loadMs'?: (number | string);
}

export interface Model__Output {
  'name': (string);
  'fingerprint': (string);
  'architecture': (string);
  'encoders': (_triptych_v1_Encoder__Output)[];
  'weightType': (string);
  'parameters': (number);
  'loadMs': (number);
}
