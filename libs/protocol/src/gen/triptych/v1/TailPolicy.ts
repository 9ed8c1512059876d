// Original file: ../../proto/triptych/v1/audio.proto

export const TailPolicy = {
  TAIL_POLICY_UNSPECIFIED: 0,
  TAIL_POLICY_EMIT: 1,
  TAIL_POLICY_DROP: 2,
} as const;

export type TailPolicy =
  | 'TAIL_POLICY_UNSPECIFIED'
  | 0
  | 'TAIL_POLICY_EMIT'
  | 1
  | 'TAIL_POLICY_DROP'
  | 2

export type TailPolicy__Output = typeof TailPolicy[keyof typeof TailPolicy]
