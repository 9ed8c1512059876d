export { credentials } from '@grpc/grpc-js';
export type { AudioStream, SendOptions } from './audio-stream.js';
export { CallError } from './call-error.js';
export { fromGrpc } from './grpc-error.js';
export { type CallOptions, type ClientOptions, type Similarity, TriptychClient } from './client.js';
export type {
  ClipInput,
  EmbedClipsOptions,
  Embedded,
  Embeddings,
  EmbedOptions,
  EmbedProgress,
  EmbedTextsOptions,
  ImageInput,
  Samples,
} from './embed/embed.js';
export type { EmbeddedFile, EmbedFolderOptions, FileKind } from './embed/embed-folder.js';
export type { RetryOptions } from './retry.js';
export type { ResumeOptions, ResumingAudioStream } from './resume/resuming-audio-stream.js';
export type { ImageResumeOptions, ResumingImageStream } from './resume/resuming-image-stream.js';
export type { ImageStream } from './image-stream.js';
export {
  type AudioClip,
  AudioContext,
  AudioEncoding,
  type AudioFormat,
  type AudioResult,
  type AudioStreamConfig,
  type AudioStreamReady__Output,
  type AudioStreamResponse__Output,
  type AudioStreamSummary__Output,
  type AudioWindow__Output,
  type ClassifyRequest,
  type ClassifyResponse__Output,
  EmbeddingEncoding,
  type EmbeddingOptions,
  type EncodeAudioRequest,
  type EncodeAudioResponse__Output,
  type EncodeImagesRequest,
  type EncodeImagesResponse__Output,
  type EncodeTextsRequest,
  type EncodeTextsResponse__Output,
  type FuseRequest,
  type FuseResponse__Output,
  type Image,
  type ImageStreamConfig,
  type ImageStreamResponse__Output,
  type Item,
  type ItemError__Output,
  Modality,
  type LoadModelRequest,
  type Model__Output,
  type ModelStamp__Output,
  ModelState,
  PixelFormat,
  Pooling,
  poolingNumbers,
  type EarlyFusion,
  type MatchPair,
  type MatchRequest,
  type MatchResponse__Output,
  type RankFusion,
  RankFusionRule,
  type RankRequest,
  type RankResponse__Output,
  type RankSource,
  readEmbedding,
  type SimilarityRequest,
  TailPolicy,
  toEmbedding,
  type UnloadModelRequest,
  type Vector,
  VectorFusionRule,
} from '@triptych/protocol';
