// Original file: ../../proto/triptych/v1/common.proto


export interface ItemError {
  'code'?: (number);
  'reason'?: (string);
  'message'?: (string);
  'field'?: (string);
  'retryable'?: (boolean);
}

export interface ItemError__Output {
  'code': (number);
  'reason': (string);
  'message': (string);
  'field': (string);
  'retryable': (boolean);
}
