// Original file: ../../proto/triptych/v1/common.proto

export const FinishReason = {
  FINISH_REASON_UNSPECIFIED: 0,
  FINISH_REASON_END: 1,
  FINISH_REASON_LENGTH: 2,
} as const;

export type FinishReason =
  | 'FINISH_REASON_UNSPECIFIED'
  | 0
  | 'FINISH_REASON_END'
  | 1
  | 'FINISH_REASON_LENGTH'
  | 2

export type FinishReason__Output = typeof FinishReason[keyof typeof FinishReason]
