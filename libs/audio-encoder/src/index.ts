export {
  type AudioEncoder,
  type AudioItem,
  audioParts,
  clipRequest,
  type AudioPooling,
  startAudioEncoder,
} from './audio-encoder.js';
export { contextSamples, frameSamples, readWhisperConfig, type WhisperConfig } from './config.js';
export { type AudioContext, framing, validFrames } from './framing.js';
export { inputs as whisperInputs, outputs as whisperOutputs, whisperGraph } from './graph.js';
