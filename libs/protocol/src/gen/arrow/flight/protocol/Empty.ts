// Original file: ../../proto/arrow/flight/protocol/flight.proto


export interface Empty {
}

export interface Empty__Output {
}
