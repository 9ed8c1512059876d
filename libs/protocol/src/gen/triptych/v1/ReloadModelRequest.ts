// Original file: ../../proto/triptych/v1/models.proto


export interface ReloadModelRequest {
  'model'?: (string);
}

export interface ReloadModelRequest__Output {
  'model': (string);
}
