// Original file: ../../proto/triptych/v1/cross_modal.proto


export interface RankedItem {
  'index'?: (number);
  'id'?: (string);
  'score'?: (number | string);
}

export interface RankedItem__Output {
  'index': (number);
  'id': (string);
  'score': (number);
}
