export type { PackageDefinition } from '@grpc/proto-loader';
export type { AudioChunk } from './gen/triptych/v1/AudioChunk.js';
export { AudioContext } from './gen/triptych/v1/AudioContext.js';
export type { AudioClip } from './gen/triptych/v1/AudioClip.js';
export type { AudioEncoderClient, AudioEncoderHandlers } from './gen/triptych/v1/AudioEncoder.js';
export { AudioEncoding } from './gen/triptych/v1/AudioEncoding.js';
export type { AudioFormat } from './gen/triptych/v1/AudioFormat.js';
export type { AudioResult } from './gen/triptych/v1/AudioResult.js';
export type { AudioStreamConfig, AudioStreamConfig__Output } from './gen/triptych/v1/AudioStreamConfig.js';
export type { AudioStreamReady__Output } from './gen/triptych/v1/AudioStreamReady.js';
export type { AudioStreamRequest, AudioStreamRequest__Output } from './gen/triptych/v1/AudioStreamRequest.js';
export type {
  AudioStreamResponse,
  AudioStreamResponse__Output,
} from './gen/triptych/v1/AudioStreamResponse.js';
export type { AudioStreamSummary__Output } from './gen/triptych/v1/AudioStreamSummary.js';
export type { AudioWindow, AudioWindow__Output } from './gen/triptych/v1/AudioWindow.js';
export type { Embedding } from './gen/triptych/v1/Embedding.js';
export { EmbeddingEncoding } from './gen/triptych/v1/EmbeddingEncoding.js';
export type { EmbeddingOptions } from './gen/triptych/v1/EmbeddingOptions.js';
export type { EncodeAudioRequest, EncodeAudioRequest__Output } from './gen/triptych/v1/EncodeAudioRequest.js';
export type {
  EncodeAudioResponse,
  EncodeAudioResponse__Output,
} from './gen/triptych/v1/EncodeAudioResponse.js';
export type { Encoder } from './gen/triptych/v1/Encoder.js';
export type { ItemError, ItemError__Output } from './gen/triptych/v1/ItemError.js';
export type { ListModelsResponse__Output } from './gen/triptych/v1/ListModelsResponse.js';
export { Modality } from './gen/triptych/v1/Modality.js';
export type { Model, Model__Output } from './gen/triptych/v1/Model.js';
export type { ModelsClient, ModelsHandlers } from './gen/triptych/v1/Models.js';
export type { ModelStamp, ModelStamp__Output } from './gen/triptych/v1/ModelStamp.js';
export { Pooling } from './gen/triptych/v1/Pooling.js';
export { TailPolicy } from './gen/triptych/v1/TailPolicy.js';
export type { Timing__Output } from './gen/triptych/v1/Timing.js';
export { loadPublishedPackage, loadWirePackage } from './load.js';
export { decodeStatus, encodeStatus, ERROR_DOMAIN, type ErrorDetails } from './rich-status.js';
