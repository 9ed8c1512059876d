export {
  type AudioEncoder,
  type AudioItem,
  audioParts,
  clipRequest,
  type AudioPooling,
  startAudioEncoder,
} from './audio-encoder.js';
export { contextSamples, frameSamples, readWhisperConfig, type WhisperConfig } from './config.js';
export { type AudioContext, validFrames } from './framing.js';
export { whisperGraph } from './graph.js';
