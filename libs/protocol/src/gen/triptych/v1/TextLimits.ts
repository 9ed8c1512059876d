// Original file: ../../proto/triptych/v1/models.proto


export interface TextLimits {
  'maxTokens'?: (number);
}

export interface TextLimits__Output {
  'maxTokens': (number);
}
