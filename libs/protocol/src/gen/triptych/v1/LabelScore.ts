// Original file: ../../proto/triptych/v1/cross_modal.proto


export interface LabelScore {
  'label'?: (string);
  'probability'?: (number | string);
}

export interface LabelScore__Output {
  'label': (string);
  'probability': (number);
}
