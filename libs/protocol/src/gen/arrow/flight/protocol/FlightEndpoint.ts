// Original file: ../../proto/arrow/flight/protocol/flight.proto

import type { Ticket as _arrow_flight_protocol_Ticket, Ticket__Output as _arrow_flight_protocol_Ticket__Output } from '../../../arrow/flight/protocol/Ticket.js';
import type { Location as _arrow_flight_protocol_Location, Location__Output as _arrow_flight_protocol_Location__Output } from '../../../arrow/flight/protocol/Location.js';

export interface FlightEndpoint {
  'ticket'?: (_arrow_flight_protocol_Ticket | null);
  'location'?: (_arrow_flight_protocol_Location)[];
}

export interface FlightEndpoint__Output {
  'ticket': (_arrow_flight_protocol_Ticket__Output | null);
  'location': (_arrow_flight_protocol_Location__Output)[];
}
