// Original file: ../../proto/arrow/flight/protocol/flight.proto


export interface Ticket {
  'ticket'?: (Buffer | Uint8Array | string);
}

export interface Ticket__Output {
  'ticket': (Buffer);
}
