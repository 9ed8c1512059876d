// Original file: ../../proto/triptych/v1/audio.proto

export const AudioEncoding = {
  AUDIO_ENCODING_UNSPECIFIED: 0,
  AUDIO_ENCODING_PCM_S16LE: 1,
  AUDIO_ENCODING_PCM_F32LE: 2,
  AUDIO_ENCODING_PCM_MULAW: 3,
  AUDIO_ENCODING_CONTAINER: 4,
} as const;

export type AudioEncoding =
  | 'AUDIO_ENCODING_UNSPECIFIED'
  | 0
  | 'AUDIO_ENCODING_PCM_S16LE'
  | 1
  | 'AUDIO_ENCODING_PCM_F32LE'
  | 2
  | 'AUDIO_ENCODING_PCM_MULAW'
  | 3
  | 'AUDIO_ENCODING_CONTAINER'
  | 4

export type AudioEncoding__Output = typeof AudioEncoding[keyof typeof AudioEncoding]
