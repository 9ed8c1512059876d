export type { PackageDefinition } from '@grpc/proto-loader';
export type { Action__Output as FlightAction } from './gen/arrow/flight/protocol/Action.js';
export type { Criteria__Output as FlightCriteria } from './gen/arrow/flight/protocol/Criteria.js';
export type { FlightData, FlightData__Output } from './gen/arrow/flight/protocol/FlightData.js';
export type {
  FlightDescriptor,
  FlightDescriptor__Output,
} from './gen/arrow/flight/protocol/FlightDescriptor.js';
export type { FlightInfo } from './gen/arrow/flight/protocol/FlightInfo.js';
export type { FlightServiceHandlers } from './gen/arrow/flight/protocol/FlightService.js';
export type { PutResult } from './gen/arrow/flight/protocol/PutResult.js';
export { DataType } from './gen/inference/DataType.js';
export type { GRPCInferenceServiceHandlers } from './gen/inference/GRPCInferenceService.js';
export type { InferParameter, InferParameter__Output } from './gen/inference/InferParameter.js';
export type { InferTensorContents__Output } from './gen/inference/InferTensorContents.js';
export type { ModelConfig } from './gen/inference/ModelConfig.js';
export type { ModelInferRequest__Output } from './gen/inference/ModelInferRequest.js';
export type { ModelInferResponse } from './gen/inference/ModelInferResponse.js';
export type { ModelMetadataResponse } from './gen/inference/ModelMetadataResponse.js';
export type { ModelStatistics } from './gen/inference/ModelStatistics.js';
export type { ModelStreamInferResponse } from './gen/inference/ModelStreamInferResponse.js';
export type { RepositoryIndexResponse } from './gen/inference/RepositoryIndexResponse.js';
export type { RepositoryModelLoadRequest__Output } from './gen/inference/RepositoryModelLoadRequest.js';
export type { AudioChunk } from './gen/triptych/v1/AudioChunk.js';
export { AudioContext } from './gen/triptych/v1/AudioContext.js';
export type { AudioClip } from './gen/triptych/v1/AudioClip.js';
export type { AudioEncoderClient, AudioEncoderHandlers } from './gen/triptych/v1/AudioEncoder.js';
export { AudioEncoding } from './gen/triptych/v1/AudioEncoding.js';
export type { AudioFormat } from './gen/triptych/v1/AudioFormat.js';
export type { AudioResult } from './gen/triptych/v1/AudioResult.js';
export type { AudioStreamConfig, AudioStreamConfig__Output } from './gen/triptych/v1/AudioStreamConfig.js';
export type { AudioStreamReady__Output } from './gen/triptych/v1/AudioStreamReady.js';
export type { AudioStreamResume } from './gen/triptych/v1/AudioStreamResume.js';
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
export type { FuseRequest, FuseRequest__Output } from './gen/triptych/v1/FuseRequest.js';
export type { FuseResponse, FuseResponse__Output } from './gen/triptych/v1/FuseResponse.js';
export type { GetModelRequest__Output } from './gen/triptych/v1/GetModelRequest.js';
export type { ListModelsRequest__Output } from './gen/triptych/v1/ListModelsRequest.js';
export type { LoadModelRequest, LoadModelRequest__Output } from './gen/triptych/v1/LoadModelRequest.js';
export { ModelState } from './gen/triptych/v1/ModelState.js';
export type { ReloadModelRequest__Output } from './gen/triptych/v1/ReloadModelRequest.js';
export type { UnloadModelRequest, UnloadModelRequest__Output } from './gen/triptych/v1/UnloadModelRequest.js';
export type { ListModelsResponse, ListModelsResponse__Output } from './gen/triptych/v1/ListModelsResponse.js';
export { Modality } from './gen/triptych/v1/Modality.js';
export type { Model, Model__Output } from './gen/triptych/v1/Model.js';
export type { ModelsClient, ModelsHandlers } from './gen/triptych/v1/Models.js';
export type { ModelStamp, ModelStamp__Output } from './gen/triptych/v1/ModelStamp.js';
export { Pooling } from './gen/triptych/v1/Pooling.js';
export { poolingNumbers } from './pooling-numbers.js';
export { TailPolicy } from './gen/triptych/v1/TailPolicy.js';
export type { Timing__Output } from './gen/triptych/v1/Timing.js';
export type { Classification } from './gen/triptych/v1/Classification.js';
export type { ClassifyRequest, ClassifyRequest__Output } from './gen/triptych/v1/ClassifyRequest.js';
export type { ClassifyResponse, ClassifyResponse__Output } from './gen/triptych/v1/ClassifyResponse.js';
export type { Caption } from './gen/triptych/v1/Caption.js';
export type { CaptionerClient, CaptionerHandlers } from './gen/triptych/v1/Captioner.js';
export type { CaptionRequest, CaptionRequest__Output } from './gen/triptych/v1/CaptionRequest.js';
export type { CaptionResponse, CaptionResponse__Output } from './gen/triptych/v1/CaptionResponse.js';
export { FinishReason } from './gen/triptych/v1/FinishReason.js';
export type { CrossModalClient, CrossModalHandlers } from './gen/triptych/v1/CrossModal.js';
export type {
  EncodeImagesRequest,
  EncodeImagesRequest__Output,
} from './gen/triptych/v1/EncodeImagesRequest.js';
export type {
  EncodeImagesResponse,
  EncodeImagesResponse__Output,
} from './gen/triptych/v1/EncodeImagesResponse.js';
export type { EncodeTextsRequest, EncodeTextsRequest__Output } from './gen/triptych/v1/EncodeTextsRequest.js';
export type {
  EncodeTextsResponse,
  EncodeTextsResponse__Output,
} from './gen/triptych/v1/EncodeTextsResponse.js';
export type { FailedItem } from './gen/triptych/v1/FailedItem.js';
export type { Image, Image__Output } from './gen/triptych/v1/Image.js';
export type { ImageEncoderClient, ImageEncoderHandlers } from './gen/triptych/v1/ImageEncoder.js';
export type { ImageResult } from './gen/triptych/v1/ImageResult.js';
export type { ImageStreamConfig } from './gen/triptych/v1/ImageStreamConfig.js';
export type { ImageStreamRequest, ImageStreamRequest__Output } from './gen/triptych/v1/ImageStreamRequest.js';
export type {
  ImageStreamResponse,
  ImageStreamResponse__Output,
} from './gen/triptych/v1/ImageStreamResponse.js';
export type { Item, Item__Output } from './gen/triptych/v1/Item.js';
export { PixelFormat } from './gen/triptych/v1/PixelFormat.js';
export type { EarlyFusion } from './gen/triptych/v1/EarlyFusion.js';
export type { MatchPair } from './gen/triptych/v1/MatchPair.js';
export type { MatchRequest, MatchRequest__Output } from './gen/triptych/v1/MatchRequest.js';
export type { MatchResponse, MatchResponse__Output } from './gen/triptych/v1/MatchResponse.js';
export type { MatchResult } from './gen/triptych/v1/MatchResult.js';
export type { RankFusion, RankFusion__Output } from './gen/triptych/v1/RankFusion.js';
export { RankFusionRule } from './gen/triptych/v1/RankFusionRule.js';
export type { RankRequest, RankRequest__Output } from './gen/triptych/v1/RankRequest.js';
export type { Ranking } from './gen/triptych/v1/Ranking.js';
export type { RankResponse, RankResponse__Output } from './gen/triptych/v1/RankResponse.js';
export type { RankSource } from './gen/triptych/v1/RankSource.js';
export type { SimilarityRequest, SimilarityRequest__Output } from './gen/triptych/v1/SimilarityRequest.js';
export type { SimilarityResponse, SimilarityResponse__Output } from './gen/triptych/v1/SimilarityResponse.js';
export type { TextEncoderClient, TextEncoderHandlers } from './gen/triptych/v1/TextEncoder.js';
export type { TextResult } from './gen/triptych/v1/TextResult.js';
export { SpeechTask } from './gen/triptych/v1/SpeechTask.js';
export type { TranscribeRequest, TranscribeRequest__Output } from './gen/triptych/v1/TranscribeRequest.js';
export type { TranscribeResponse, TranscribeResponse__Output } from './gen/triptych/v1/TranscribeResponse.js';
export type { TranscriberClient, TranscriberHandlers } from './gen/triptych/v1/Transcriber.js';
export type { TranscribeStreamConfig } from './gen/triptych/v1/TranscribeStreamConfig.js';
export type {
  TranscribeStreamRequest,
  TranscribeStreamRequest__Output,
} from './gen/triptych/v1/TranscribeStreamRequest.js';
export type {
  TranscribeStreamResponse,
  TranscribeStreamResponse__Output,
} from './gen/triptych/v1/TranscribeStreamResponse.js';
export type {
  TranscriptionOptions,
  TranscriptionOptions__Output,
} from './gen/triptych/v1/TranscriptionOptions.js';
export type { TranscriptSegment, TranscriptSegment__Output } from './gen/triptych/v1/TranscriptSegment.js';
export type { TranscriptWord__Output } from './gen/triptych/v1/TranscriptWord.js';
export type { WindowTranscript, WindowTranscript__Output } from './gen/triptych/v1/WindowTranscript.js';
export { VectorFusionRule } from './gen/triptych/v1/VectorFusionRule.js';
export { loadFlightPackage, loadInferencePackage, loadWirePackage } from './load.js';
export {
  loadPublishedFiles,
  loadPublishedPackage,
  publishedDescriptors,
  type PublishedFile,
  type PublishedFiles,
} from './published-files.js';
export { decodeStatus, encodeStatus, ERROR_DOMAIN, type ErrorDetails } from './rich-status.js';
export { readEmbedding, toEmbedding, type Vector } from './read-embedding.js';
export { type Api, type CountLimits, type RequestRule, requestRules } from './wire/request-shapes.js';
export { RequestShape } from './wire/request-shape.js';
