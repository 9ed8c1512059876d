// Original file: ../../proto/triptych/v1/models.proto

export const ModelState = {
  MODEL_STATE_UNSPECIFIED: 0,
  MODEL_STATE_READY: 1,
  MODEL_STATE_LOADING: 2,
  MODEL_STATE_STANDBY: 3,
  MODEL_STATE_FAILED: 4,
  MODEL_STATE_UNLOADING: 5,
  MODEL_STATE_UNLOADED: 6,
} as const;

export type ModelState =
  | 'MODEL_STATE_UNSPECIFIED'
  | 0
  | 'MODEL_STATE_READY'
  | 1
  | 'MODEL_STATE_LOADING'
  | 2
  | 'MODEL_STATE_STANDBY'
  | 3
  | 'MODEL_STATE_FAILED'
  | 4
  | 'MODEL_STATE_UNLOADING'
  | 5
  | 'MODEL_STATE_UNLOADED'
  | 6

export type ModelState__Output = typeof ModelState[keyof typeof ModelState]
