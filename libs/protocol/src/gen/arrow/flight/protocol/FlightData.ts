// Original file: ../../proto/arrow/flight/protocol/flight.proto

import type { FlightDescriptor as _arrow_flight_protocol_FlightDescriptor, FlightDescriptor__Output as _arrow_flight_protocol_FlightDescriptor__Output } from '../../../arrow/flight/protocol/FlightDescriptor.js';

export interface FlightData {
  'flightDescriptor'?: (_arrow_flight_protocol_FlightDescriptor | null);
  'dataHeader'?: (Buffer | Uint8Array | string);
  'appMetadata'?: (Buffer | Uint8Array | string);
  'dataBody'?: (Buffer | Uint8Array | string);
}

export interface FlightData__Output {
  'flightDescriptor': (_arrow_flight_protocol_FlightDescriptor__Output | null);
  'dataHeader': (Buffer);
  'appMetadata': (Buffer);
  'dataBody': (Buffer);
}
