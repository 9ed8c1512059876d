export {
  type AudioContext,
  type AudioEncoder,
  type AudioItem,
  audioParts,
  type AudioPooling,
  startAudioEncoder,
  validFrames,
} from './audio-encoder.js';
export { contextSamples, frameSamples, readWhisperConfig, type WhisperConfig } from './config.js';
export { inputs as whisperInputs, outputs as whisperOutputs, whisperGraph } from './graph.js';
