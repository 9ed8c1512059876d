// Original file: ../../proto/triptych/v1/models.proto

export const Modality = {
  MODALITY_UNSPECIFIED: 0,
  MODALITY_AUDIO: 1,
  MODALITY_IMAGE: 2,
  MODALITY_TEXT: 3,
} as const;

export type Modality =
  | 'MODALITY_UNSPECIFIED'
  | 0
  | 'MODALITY_AUDIO'
  | 1
  | 'MODALITY_IMAGE'
  | 2
  | 'MODALITY_TEXT'
  | 3

export type Modality__Output = typeof Modality[keyof typeof Modality]
