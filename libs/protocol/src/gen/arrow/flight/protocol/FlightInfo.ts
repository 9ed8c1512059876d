// Original file: ../../proto/arrow/flight/protocol/flight.proto

import type { FlightDescriptor as _arrow_flight_protocol_FlightDescriptor, FlightDescriptor__Output as _arrow_flight_protocol_FlightDescriptor__Output } from '../../../arrow/flight/protocol/FlightDescriptor.js';
import type { FlightEndpoint as _arrow_flight_protocol_FlightEndpoint, FlightEndpoint__Output as _arrow_flight_protocol_FlightEndpoint__Output } from '../../../arrow/flight/protocol/FlightEndpoint.js';
import type { Long } from '@grpc/proto-loader';

export interface FlightInfo {
  'schema'?: (Buffer | Uint8Array | string);
  'flightDescriptor'?: (_arrow_flight_protocol_FlightDescriptor | null);
  'endpoint'?: (_arrow_flight_protocol_FlightEndpoint)[];
  'totalRecords'?: (number | string | Long);
  'totalBytes'?: (number | string | Long);
  'ordered'?: (boolean);
  'appMetadata'?: (Buffer | Uint8Array | string);
}

export interface FlightInfo__Output {
  'schema': (Buffer);
  'flightDescriptor': (_arrow_flight_protocol_FlightDescriptor__Output | null);
  'endpoint': (_arrow_flight_protocol_FlightEndpoint__Output)[];
  'totalRecords': (number);
  'totalBytes': (number);
  'ordered': (boolean);
  'appMetadata': (Buffer);
}
