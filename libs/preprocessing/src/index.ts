export {
  AudioPreprocessor,
  type AudioPreprocessorOptions,
  type AudioStream,
} from './audio/audio-preprocessor.js';
export type { ClipReply, ClipRequest, PreparedWindow, WindowsReply } from './audio/worker/protocol.js';
