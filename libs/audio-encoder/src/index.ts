export {
  type AudioContext,
  AudioEncoder,
  type AudioEncoderOptions,
  type AudioItem,
  type AudioPooling,
  type EncodedAudio,
} from './audio-encoder.js';
export { contextSamples, frameSamples, readWhisperConfig, type WhisperConfig } from './config.js';
export { inputs as whisperInputs, outputs as whisperOutputs, whisperGraph } from './graph.js';
