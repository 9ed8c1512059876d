export {
  convert,
  inspect,
  listCheckpoint,
  listWeights,
  loadTensor,
  type ModelDirectory,
  type ModelIdentity,
  openModelDirectory,
  type StoredModel,
  writeModel,
} from './load.js';
export type { LoadedWeights, StoredWeights, TensorsRead } from './loaded-weights.js';
export { type Checkpoint, openCheckpoint } from './model-directory/checkpoint.js';
export type {
  CheckpointTensor,
  ConvertProgress,
  ConvertReport,
  ConvertRequest,
} from './model-directory/convert.js';
export type { ModelMetadata, WeightsMetadata } from './model-directory/files.js';
export type { InspectedTensor } from './model-directory/inspect-weights.js';
export type { Inspection } from './model-directory/inspect.js';
export type {
  DecoderLayout,
  FindLayout,
  ModelFiles,
  ModelLayout,
  MoreWeights,
  TensorNames,
  TextFiles,
} from './model-directory/layout.js';
export { checkAbsent, scratchOf } from './model-directory/target.js';
export type { ModelContents } from './model-directory/write-model.js';
export type { Quantization as TensorQuantization, StoredTensor } from './numbers/stored-tensor.js';
export type { TensorEntry } from './parquet/header.js';
export type { WeightsReader } from './parquet/open-tensors.js';
export type { SchemaVersion } from './parquet/schema.js';
export { readFloats } from './read-floats.js';
export type { WeightCompression } from './parquet/write.js';
export { writeParquet } from './parquet/write-parquet.js';
export { encodeSafetensors, type FloatTensor } from './safetensors/encode.js';
export type { ReadOptions } from './stored-reader.js';
