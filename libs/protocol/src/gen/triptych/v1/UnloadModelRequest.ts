// Original file: ../../proto/triptych/v1/models.proto


export interface UnloadModelRequest {
  'model'?: (string);
  'wait'?: (boolean);
}

export interface UnloadModelRequest__Output {
  'model': (string);
  'wait': (boolean);
}
