// Original file: ../../proto/triptych/v1/cross_modal.proto


export interface EarlyFusion {
  'candidates'?: (number);
}

export interface EarlyFusion__Output {
  'candidates': (number);
}
