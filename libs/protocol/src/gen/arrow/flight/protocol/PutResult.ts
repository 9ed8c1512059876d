// Original file: ../../proto/arrow/flight/protocol/flight.proto


export interface PutResult {
  'appMetadata'?: (Buffer | Uint8Array | string);
}

export interface PutResult__Output {
  'appMetadata': (Buffer);
}
