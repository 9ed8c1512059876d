export { type Golden, readGolden, readRecordings } from './golden.js';
export {
  clipJson,
  type ClipSize,
  clipSizes,
  smallClip,
  towerJson,
  whisperJson,
  type WhisperSize,
  whisperSizes,
  writeSyntheticCheckpoint,
} from './synthetic-checkpoint.js';
export { type TinyWhisperOptions, writeTinyWhisper } from './tiny-whisper.js';
export { syntheticWeights } from './synthetic-weights.js';
