// Original file: ../../proto/triptych/v1/transcript.proto


export interface TranscriptWord {
  'text'?: (string);
  'startS'?: (number | string);
  'endS'?: (number | string);
}

export interface TranscriptWord__Output {
  'text': (string);
  'startS': (number);
  'endS': (number);
}
