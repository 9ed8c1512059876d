// Original file: ../../proto/arrow/flight/protocol/flight.proto


export interface Location {
  'uri'?: (string);
}

export interface Location__Output {
  'uri': (string);
}
