// Original file: ../../proto/triptych/v1/models.proto


export interface AudioLimits {
  'sampleRateHz'?: (number);
  'contextMs'?: (number);
  'frameMs'?: (number | string);
  'minMs'?: (number);
  'maxMs'?: (number);
}

export interface AudioLimits__Output {
  'sampleRateHz': (number);
  'contextMs': (number);
  'frameMs': (number);
  'minMs': (number);
  'maxMs': (number);
}
