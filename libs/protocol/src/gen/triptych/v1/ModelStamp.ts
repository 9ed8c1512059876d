// Original file: ../../proto/triptych/v1/common.proto


export interface ModelStamp {
  'model'?: (string);
  'fingerprint'?: (string);
  'space'?: (string);
  'device'?: (string);
  'precision'?: (string);
}

export interface ModelStamp__Output {
  'model': (string);
  'fingerprint': (string);
  'space': (string);
  'device': (string);
  'precision': (string);
}
