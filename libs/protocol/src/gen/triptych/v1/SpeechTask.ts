// Original file: ../../proto/triptych/v1/transcript.proto

export const SpeechTask = {
  SPEECH_TASK_UNSPECIFIED: 0,
  SPEECH_TASK_TRANSCRIBE: 1,
  SPEECH_TASK_TRANSLATE: 2,
} as const;

export type SpeechTask =
  | 'SPEECH_TASK_UNSPECIFIED'
  | 0
  | 'SPEECH_TASK_TRANSCRIBE'
  | 1
  | 'SPEECH_TASK_TRANSLATE'
  | 2

export type SpeechTask__Output = typeof SpeechTask[keyof typeof SpeechTask]
