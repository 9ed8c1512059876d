export {
  type Alignment,
  type CacheShape,
  cacheBytes,
  type DecoderConfig,
  type DecoderNames,
  type DecoderNetwork,
  decoderProducts,
} from './decoder/config.js';
export { Decoder, type DecoderSource, type DecoderStatistics } from './decoder/decoder.js';
export type {
  DecoderLimits,
  DecoderOptions,
  GenerateOptions,
  OpenOptions,
} from './decoder/decoder-options.js';
export { decoderGraph, sourceGraph } from './decoder/graph.js';
export type { Generated, Generation, Probe, SearchOptions } from './decoder/protocol.js';
export type { TimestampRule, TokenRules } from './decoder/rules.js';
export { choosePlacement, type Choice, type PlacementWish } from './device/choose.js';
export { cpu, type Device, deviceName, parseDevice } from './device/device.js';
export {
  type AttentionForm,
  attentionForms,
  cpuKernels,
  type Kernels,
  kernelsOf,
  type Precision,
} from './device/kernels.js';
export { environmentOn, onCpu, type Placement } from './device/placement.js';
export { sessionOptions } from './device/session-options.js';
export { type DeviceReport, probeDevice } from './device/probe.js';
export {
  type Encoded,
  Encoder,
  type EncoderOptions,
  type EncoderParts,
  buffersOf,
} from './encoder/encoder.js';
export type { Pooling, Tower, TowerItem } from './encoder/tower.js';
export {
  BatchQueue,
  type BatchQueueOptions,
  type DropReason,
  type Queued,
  type QueueObserver,
  type SubmitOptions,
} from './queue/batch-queue.js';
export {
  type Dimension,
  GraphBuilder,
  type GraphOptions,
  type OnnxGraph,
  type Value,
} from './onnx/graph-builder.js';
export { bindWeights } from './session/bind-weights.js';
export { finishEmbedding } from './session/finish-embedding.js';
export { InferenceWorker, type InferenceWorkerOptions } from './session/inference-worker.js';
export { InputBuffers } from './session/input-buffers.js';
export { toTensor } from './session/to-tensor.js';
export { disableTelemetry } from './session/no-telemetry.js';
export type {
  FeedTensor,
  NumbersFeed,
  RowRequest,
  RunReply,
  RunRequest,
  SessionSettings,
} from './session/protocol.js';
export { type Activation, activations, biasActivation, geluActivations } from './transformer/activation.js';
export { blockwiseLinear, fitsBlocks, int8Rows } from './transformer/blockwise-linear.js';
export {
  attend,
  attention,
  type AttentionConfig,
  type AttentionLayers,
  paddingMask,
  windowBias,
} from './transformer/attention.js';
export type { AttentionShape, AttentionTerms } from './transformer/attention-terms.js';
export {
  attentionPooling,
  type AttentionPoolingConfig,
  type AttentionPoolingNames,
} from './transformer/attention-pooling.js';
export {
  attentionNames,
  dualEncoderNames,
  type BlockNames,
  layerOf,
  type LayerRole,
  postNormNames,
  transformer,
  type TransformerBlocks,
  type TransformerConfig,
  type TransformerOptions,
} from './transformer/block.js';
export { linear, observed, timesTransposed } from './transformer/linear.js';
export { gatedMlp, type GatedMlpLayers, type LinearName, mlp, type MlpConfig } from './transformer/mlp.js';
export { layerNorm, layerScale, type NormConfig, rmsNorm } from './transformer/norm.js';
export {
  relativePositionBias,
  relativePositionBucket,
  type RelativePositionConfig,
} from './transformer/relative-position.js';
export {
  baseSize,
  readTransformer,
  type TransformerSize,
  type TransformerStandards,
} from './transformer/read-transformer.js';
export { type QuantizationSite, quantizationSites } from './transformer/sites.js';
export { rotaryAngles, rotaryGridAngles, rotated, type Rotation, rotation } from './transformer/rotary.js';
