// Original file: ../../proto/triptych/v1/models.proto


export interface ListModelsRequest {
  'all'?: (boolean);
}

export interface ListModelsRequest__Output {
  'all': (boolean);
}
