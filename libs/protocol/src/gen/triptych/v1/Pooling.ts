// Original file: ../../proto/triptych/v1/common.proto

export const Pooling = {
  POOLING_UNSPECIFIED: 0,
  POOLING_MEAN: 1,
  POOLING_MEAN_VALID: 2,
  POOLING_CLS: 3,
  POOLING_EOS: 4,
  POOLING_PROJECTED: 5,
  POOLING_NONE: 6,
} as const;

export type Pooling =
  | 'POOLING_UNSPECIFIED'
  | 0
  | 'POOLING_MEAN'
  | 1
  | 'POOLING_MEAN_VALID'
  | 2
  | 'POOLING_CLS'
  | 3
  | 'POOLING_EOS'
  | 4
  | 'POOLING_PROJECTED'
  | 5
  | 'POOLING_NONE'
  | 6

export type Pooling__Output = typeof Pooling[keyof typeof Pooling]
