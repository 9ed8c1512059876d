// Original file: ../../proto/triptych/v1/transcriber.proto


export interface TranscribeStreamReady {
  'model'?: (string);
  'fingerprint'?: (string);
}

export interface TranscribeStreamReady__Output {
  'model': (string);
  'fingerprint': (string);
}
