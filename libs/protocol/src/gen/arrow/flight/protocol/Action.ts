// Original file: ../../proto/arrow/flight/protocol/flight.proto


export interface Action {
  'type'?: (string);
  'body'?: (Buffer | Uint8Array | string);
}

export interface Action__Output {
  'type': (string);
  'body': (Buffer);
}
