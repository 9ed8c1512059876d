export type { AudioContext, AudioEncoder, AudioItem, AudioTower } from './audio-tower.js';
export { readWhisperConfig, type WhisperConfig } from './whisper/config.js';
export { whisperDecoder } from './whisper/decoder/config.js';
export { loudestBy, loudestGraph } from './whisper/decoder/loudest.js';
export { type SpeechDecoder, whisperDecoderFiles, whisperSpeech } from './whisper/decoder/speech-decoder.js';
export type { SpeechSegment } from './whisper/decoder/segments.js';
export { readAlignment } from './whisper/decoder/alignment-heads.js';
export { type TimedWord, timedWords } from './whisper/decoder/timed-words.js';
export {
  languageToken,
  readSpeechTokens,
  type SpeechTask,
  type SpeechTokens,
} from './whisper/decoder/tokens.js';
export { Recording } from './whisper/decoder/recording.js';
export type { TranscribedWindow } from './whisper/decoder/speech-writer.js';
export { loudestOf, transcribe, transcribeWindow } from './whisper/decoder/transcription.js';
export type {
  TranscriptionOptions,
  TranscriptionParts,
  WritingParts,
} from './whisper/decoder/transcription-options.js';
export { whisperTower } from './whisper/tower.js';
