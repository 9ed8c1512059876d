// Original file: ../../proto/triptych/v1/cross_modal.proto


export interface RankSource {
  'model'?: (string);
  'weight'?: (number | string);
  'queries'?: (number)[];
  '_weight'?: "weight";
}

export interface RankSource__Output {
  'model': (string);
  'weight'?: (number);
  'queries': (number)[];
  '_weight'?: "weight";
}
