// Original file: ../../proto/triptych/v1/audio.proto

export const AudioContext = {
  AUDIO_CONTEXT_UNSPECIFIED: 0,
  AUDIO_CONTEXT_PADDED: 1,
  AUDIO_CONTEXT_TRIMMED: 2,
} as const;

export type AudioContext =
  | 'AUDIO_CONTEXT_UNSPECIFIED'
  | 0
  | 'AUDIO_CONTEXT_PADDED'
  | 1
  | 'AUDIO_CONTEXT_TRIMMED'
  | 2

export type AudioContext__Output = typeof AudioContext[keyof typeof AudioContext]
