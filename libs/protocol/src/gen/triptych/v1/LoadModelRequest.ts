// Original file: ../../proto/triptych/v1/models.proto


export interface LoadModelRequest {
  'model'?: (string);
  'path'?: (string);
  'hub'?: (string);
  'onDemand'?: (boolean);
  'current'?: (boolean);
  'aliases'?: (string)[];
  'source'?: "path"|"hub";
}

export interface LoadModelRequest__Output {
  'model': (string);
  'path'?: (string);
  'hub'?: (string);
  'onDemand': (boolean);
  'current': (boolean);
  'aliases': (string)[];
  'source'?: "path"|"hub";
}
