// Original file: ../../proto/triptych/v1/models.proto


export interface GetModelRequest {
  'model'?: (string);
}

export interface GetModelRequest__Output {
  'model': (string);
}
