import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from './google/protobuf/Timestamp.js';
import type { AudioChunk as _triptych_v1_AudioChunk, AudioChunk__Output as _triptych_v1_AudioChunk__Output } from './triptych/v1/AudioChunk.js';
import type { AudioClip as _triptych_v1_AudioClip, AudioClip__Output as _triptych_v1_AudioClip__Output } from './triptych/v1/AudioClip.js';
import type { AudioEncoderClient as _triptych_v1_AudioEncoderClient, AudioEncoderDefinition as _triptych_v1_AudioEncoderDefinition } from './triptych/v1/AudioEncoder.js';
import type { AudioFormat as _triptych_v1_AudioFormat, AudioFormat__Output as _triptych_v1_AudioFormat__Output } from './triptych/v1/AudioFormat.js';
import type { AudioResult as _triptych_v1_AudioResult, AudioResult__Output as _triptych_v1_AudioResult__Output } from './triptych/v1/AudioResult.js';
import type { AudioStreamConfig as _triptych_v1_AudioStreamConfig, AudioStreamConfig__Output as _triptych_v1_AudioStreamConfig__Output } from './triptych/v1/AudioStreamConfig.js';
import type { AudioStreamReady as _triptych_v1_AudioStreamReady, AudioStreamReady__Output as _triptych_v1_AudioStreamReady__Output } from './triptych/v1/AudioStreamReady.js';
import type { AudioStreamRequest as _triptych_v1_AudioStreamRequest, AudioStreamRequest__Output as _triptych_v1_AudioStreamRequest__Output } from './triptych/v1/AudioStreamRequest.js';
import type { AudioStreamResponse as _triptych_v1_AudioStreamResponse, AudioStreamResponse__Output as _triptych_v1_AudioStreamResponse__Output } from './triptych/v1/AudioStreamResponse.js';
import type { AudioStreamResume as _triptych_v1_AudioStreamResume, AudioStreamResume__Output as _triptych_v1_AudioStreamResume__Output } from './triptych/v1/AudioStreamResume.js';
import type { AudioStreamSummary as _triptych_v1_AudioStreamSummary, AudioStreamSummary__Output as _triptych_v1_AudioStreamSummary__Output } from './triptych/v1/AudioStreamSummary.js';
import type { AudioWindow as _triptych_v1_AudioWindow, AudioWindow__Output as _triptych_v1_AudioWindow__Output } from './triptych/v1/AudioWindow.js';
import type { Classification as _triptych_v1_Classification, Classification__Output as _triptych_v1_Classification__Output } from './triptych/v1/Classification.js';
import type { ClassifyRequest as _triptych_v1_ClassifyRequest, ClassifyRequest__Output as _triptych_v1_ClassifyRequest__Output } from './triptych/v1/ClassifyRequest.js';
import type { ClassifyResponse as _triptych_v1_ClassifyResponse, ClassifyResponse__Output as _triptych_v1_ClassifyResponse__Output } from './triptych/v1/ClassifyResponse.js';
import type { CrossModalClient as _triptych_v1_CrossModalClient, CrossModalDefinition as _triptych_v1_CrossModalDefinition } from './triptych/v1/CrossModal.js';
import type { EarlyFusion as _triptych_v1_EarlyFusion, EarlyFusion__Output as _triptych_v1_EarlyFusion__Output } from './triptych/v1/EarlyFusion.js';
import type { Embedding as _triptych_v1_Embedding, Embedding__Output as _triptych_v1_Embedding__Output } from './triptych/v1/Embedding.js';
import type { EmbeddingOptions as _triptych_v1_EmbeddingOptions, EmbeddingOptions__Output as _triptych_v1_EmbeddingOptions__Output } from './triptych/v1/EmbeddingOptions.js';
import type { EncodeAudioRequest as _triptych_v1_EncodeAudioRequest, EncodeAudioRequest__Output as _triptych_v1_EncodeAudioRequest__Output } from './triptych/v1/EncodeAudioRequest.js';
import type { EncodeAudioResponse as _triptych_v1_EncodeAudioResponse, EncodeAudioResponse__Output as _triptych_v1_EncodeAudioResponse__Output } from './triptych/v1/EncodeAudioResponse.js';
import type { EncodeImagesRequest as _triptych_v1_EncodeImagesRequest, EncodeImagesRequest__Output as _triptych_v1_EncodeImagesRequest__Output } from './triptych/v1/EncodeImagesRequest.js';
import type { EncodeImagesResponse as _triptych_v1_EncodeImagesResponse, EncodeImagesResponse__Output as _triptych_v1_EncodeImagesResponse__Output } from './triptych/v1/EncodeImagesResponse.js';
import type { FailedItem as _triptych_v1_FailedItem, FailedItem__Output as _triptych_v1_FailedItem__Output } from './triptych/v1/FailedItem.js';
import type { FuseRequest as _triptych_v1_FuseRequest, FuseRequest__Output as _triptych_v1_FuseRequest__Output } from './triptych/v1/FuseRequest.js';
import type { FuseResponse as _triptych_v1_FuseResponse, FuseResponse__Output as _triptych_v1_FuseResponse__Output } from './triptych/v1/FuseResponse.js';
import type { Image as _triptych_v1_Image, Image__Output as _triptych_v1_Image__Output } from './triptych/v1/Image.js';
import type { ImageBatch as _triptych_v1_ImageBatch, ImageBatch__Output as _triptych_v1_ImageBatch__Output } from './triptych/v1/ImageBatch.js';
import type { ImageBatchResult as _triptych_v1_ImageBatchResult, ImageBatchResult__Output as _triptych_v1_ImageBatchResult__Output } from './triptych/v1/ImageBatchResult.js';
import type { ImageEncoderClient as _triptych_v1_ImageEncoderClient, ImageEncoderDefinition as _triptych_v1_ImageEncoderDefinition } from './triptych/v1/ImageEncoder.js';
import type { ImageResult as _triptych_v1_ImageResult, ImageResult__Output as _triptych_v1_ImageResult__Output } from './triptych/v1/ImageResult.js';
import type { ImageStreamConfig as _triptych_v1_ImageStreamConfig, ImageStreamConfig__Output as _triptych_v1_ImageStreamConfig__Output } from './triptych/v1/ImageStreamConfig.js';
import type { ImageStreamReady as _triptych_v1_ImageStreamReady, ImageStreamReady__Output as _triptych_v1_ImageStreamReady__Output } from './triptych/v1/ImageStreamReady.js';
import type { ImageStreamRequest as _triptych_v1_ImageStreamRequest, ImageStreamRequest__Output as _triptych_v1_ImageStreamRequest__Output } from './triptych/v1/ImageStreamRequest.js';
import type { ImageStreamResponse as _triptych_v1_ImageStreamResponse, ImageStreamResponse__Output as _triptych_v1_ImageStreamResponse__Output } from './triptych/v1/ImageStreamResponse.js';
import type { ImageStreamSummary as _triptych_v1_ImageStreamSummary, ImageStreamSummary__Output as _triptych_v1_ImageStreamSummary__Output } from './triptych/v1/ImageStreamSummary.js';
import type { Item as _triptych_v1_Item, Item__Output as _triptych_v1_Item__Output } from './triptych/v1/Item.js';
import type { ItemError as _triptych_v1_ItemError, ItemError__Output as _triptych_v1_ItemError__Output } from './triptych/v1/ItemError.js';
import type { LabelScore as _triptych_v1_LabelScore, LabelScore__Output as _triptych_v1_LabelScore__Output } from './triptych/v1/LabelScore.js';
import type { MatchPair as _triptych_v1_MatchPair, MatchPair__Output as _triptych_v1_MatchPair__Output } from './triptych/v1/MatchPair.js';
import type { MatchRequest as _triptych_v1_MatchRequest, MatchRequest__Output as _triptych_v1_MatchRequest__Output } from './triptych/v1/MatchRequest.js';
import type { MatchResponse as _triptych_v1_MatchResponse, MatchResponse__Output as _triptych_v1_MatchResponse__Output } from './triptych/v1/MatchResponse.js';
import type { MatchResult as _triptych_v1_MatchResult, MatchResult__Output as _triptych_v1_MatchResult__Output } from './triptych/v1/MatchResult.js';
import type { ModelStamp as _triptych_v1_ModelStamp, ModelStamp__Output as _triptych_v1_ModelStamp__Output } from './triptych/v1/ModelStamp.js';
import type { RankFusion as _triptych_v1_RankFusion, RankFusion__Output as _triptych_v1_RankFusion__Output } from './triptych/v1/RankFusion.js';
import type { RankRequest as _triptych_v1_RankRequest, RankRequest__Output as _triptych_v1_RankRequest__Output } from './triptych/v1/RankRequest.js';
import type { RankResponse as _triptych_v1_RankResponse, RankResponse__Output as _triptych_v1_RankResponse__Output } from './triptych/v1/RankResponse.js';
import type { RankSource as _triptych_v1_RankSource, RankSource__Output as _triptych_v1_RankSource__Output } from './triptych/v1/RankSource.js';
import type { RankedItem as _triptych_v1_RankedItem, RankedItem__Output as _triptych_v1_RankedItem__Output } from './triptych/v1/RankedItem.js';
import type { Ranking as _triptych_v1_Ranking, Ranking__Output as _triptych_v1_Ranking__Output } from './triptych/v1/Ranking.js';
import type { RawImage as _triptych_v1_RawImage, RawImage__Output as _triptych_v1_RawImage__Output } from './triptych/v1/RawImage.js';
import type { SimilarityRequest as _triptych_v1_SimilarityRequest, SimilarityRequest__Output as _triptych_v1_SimilarityRequest__Output } from './triptych/v1/SimilarityRequest.js';
import type { SimilarityResponse as _triptych_v1_SimilarityResponse, SimilarityResponse__Output as _triptych_v1_SimilarityResponse__Output } from './triptych/v1/SimilarityResponse.js';
import type { Timing as _triptych_v1_Timing, Timing__Output as _triptych_v1_Timing__Output } from './triptych/v1/Timing.js';
import type { TranscriptSegment as _triptych_v1_TranscriptSegment, TranscriptSegment__Output as _triptych_v1_TranscriptSegment__Output } from './triptych/v1/TranscriptSegment.js';
import type { TranscriptWord as _triptych_v1_TranscriptWord, TranscriptWord__Output as _triptych_v1_TranscriptWord__Output } from './triptych/v1/TranscriptWord.js';
import type { TranscriptionOptions as _triptych_v1_TranscriptionOptions, TranscriptionOptions__Output as _triptych_v1_TranscriptionOptions__Output } from './triptych/v1/TranscriptionOptions.js';
import type { WindowTranscript as _triptych_v1_WindowTranscript, WindowTranscript__Output as _triptych_v1_WindowTranscript__Output } from './triptych/v1/WindowTranscript.js';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  google: {
    protobuf: {
      Timestamp: MessageTypeDefinition<_google_protobuf_Timestamp, _google_protobuf_Timestamp__Output>
    }
  }
  triptych: {
    v1: {
      AudioChunk: MessageTypeDefinition<_triptych_v1_AudioChunk, _triptych_v1_AudioChunk__Output>
      AudioClip: MessageTypeDefinition<_triptych_v1_AudioClip, _triptych_v1_AudioClip__Output>
      AudioContext: EnumTypeDefinition
      AudioEncoder: SubtypeConstructor<typeof grpc.Client, _triptych_v1_AudioEncoderClient> & { service: _triptych_v1_AudioEncoderDefinition }
      AudioEncoding: EnumTypeDefinition
      AudioFormat: MessageTypeDefinition<_triptych_v1_AudioFormat, _triptych_v1_AudioFormat__Output>
      AudioResult: MessageTypeDefinition<_triptych_v1_AudioResult, _triptych_v1_AudioResult__Output>
      AudioStreamConfig: MessageTypeDefinition<_triptych_v1_AudioStreamConfig, _triptych_v1_AudioStreamConfig__Output>
      AudioStreamReady: MessageTypeDefinition<_triptych_v1_AudioStreamReady, _triptych_v1_AudioStreamReady__Output>
      AudioStreamRequest: MessageTypeDefinition<_triptych_v1_AudioStreamRequest, _triptych_v1_AudioStreamRequest__Output>
      AudioStreamResponse: MessageTypeDefinition<_triptych_v1_AudioStreamResponse, _triptych_v1_AudioStreamResponse__Output>
      AudioStreamResume: MessageTypeDefinition<_triptych_v1_AudioStreamResume, _triptych_v1_AudioStreamResume__Output>
      AudioStreamSummary: MessageTypeDefinition<_triptych_v1_AudioStreamSummary, _triptych_v1_AudioStreamSummary__Output>
      AudioWindow: MessageTypeDefinition<_triptych_v1_AudioWindow, _triptych_v1_AudioWindow__Output>
      Classification: MessageTypeDefinition<_triptych_v1_Classification, _triptych_v1_Classification__Output>
      ClassifyRequest: MessageTypeDefinition<_triptych_v1_ClassifyRequest, _triptych_v1_ClassifyRequest__Output>
      ClassifyResponse: MessageTypeDefinition<_triptych_v1_ClassifyResponse, _triptych_v1_ClassifyResponse__Output>
      CrossModal: SubtypeConstructor<typeof grpc.Client, _triptych_v1_CrossModalClient> & { service: _triptych_v1_CrossModalDefinition }
      EarlyFusion: MessageTypeDefinition<_triptych_v1_EarlyFusion, _triptych_v1_EarlyFusion__Output>
      Embedding: MessageTypeDefinition<_triptych_v1_Embedding, _triptych_v1_Embedding__Output>
      EmbeddingEncoding: EnumTypeDefinition
      EmbeddingOptions: MessageTypeDefinition<_triptych_v1_EmbeddingOptions, _triptych_v1_EmbeddingOptions__Output>
      EncodeAudioRequest: MessageTypeDefinition<_triptych_v1_EncodeAudioRequest, _triptych_v1_EncodeAudioRequest__Output>
      EncodeAudioResponse: MessageTypeDefinition<_triptych_v1_EncodeAudioResponse, _triptych_v1_EncodeAudioResponse__Output>
      EncodeImagesRequest: MessageTypeDefinition<_triptych_v1_EncodeImagesRequest, _triptych_v1_EncodeImagesRequest__Output>
      EncodeImagesResponse: MessageTypeDefinition<_triptych_v1_EncodeImagesResponse, _triptych_v1_EncodeImagesResponse__Output>
      FailedItem: MessageTypeDefinition<_triptych_v1_FailedItem, _triptych_v1_FailedItem__Output>
      FinishReason: EnumTypeDefinition
      FuseRequest: MessageTypeDefinition<_triptych_v1_FuseRequest, _triptych_v1_FuseRequest__Output>
      FuseResponse: MessageTypeDefinition<_triptych_v1_FuseResponse, _triptych_v1_FuseResponse__Output>
      Image: MessageTypeDefinition<_triptych_v1_Image, _triptych_v1_Image__Output>
      ImageBatch: MessageTypeDefinition<_triptych_v1_ImageBatch, _triptych_v1_ImageBatch__Output>
      ImageBatchResult: MessageTypeDefinition<_triptych_v1_ImageBatchResult, _triptych_v1_ImageBatchResult__Output>
      ImageEncoder: SubtypeConstructor<typeof grpc.Client, _triptych_v1_ImageEncoderClient> & { service: _triptych_v1_ImageEncoderDefinition }
      ImageResult: MessageTypeDefinition<_triptych_v1_ImageResult, _triptych_v1_ImageResult__Output>
      ImageStreamConfig: MessageTypeDefinition<_triptych_v1_ImageStreamConfig, _triptych_v1_ImageStreamConfig__Output>
      ImageStreamReady: MessageTypeDefinition<_triptych_v1_ImageStreamReady, _triptych_v1_ImageStreamReady__Output>
      ImageStreamRequest: MessageTypeDefinition<_triptych_v1_ImageStreamRequest, _triptych_v1_ImageStreamRequest__Output>
      ImageStreamResponse: MessageTypeDefinition<_triptych_v1_ImageStreamResponse, _triptych_v1_ImageStreamResponse__Output>
      ImageStreamSummary: MessageTypeDefinition<_triptych_v1_ImageStreamSummary, _triptych_v1_ImageStreamSummary__Output>
      Item: MessageTypeDefinition<_triptych_v1_Item, _triptych_v1_Item__Output>
      ItemError: MessageTypeDefinition<_triptych_v1_ItemError, _triptych_v1_ItemError__Output>
      LabelScore: MessageTypeDefinition<_triptych_v1_LabelScore, _triptych_v1_LabelScore__Output>
      MatchPair: MessageTypeDefinition<_triptych_v1_MatchPair, _triptych_v1_MatchPair__Output>
      MatchRequest: MessageTypeDefinition<_triptych_v1_MatchRequest, _triptych_v1_MatchRequest__Output>
      MatchResponse: MessageTypeDefinition<_triptych_v1_MatchResponse, _triptych_v1_MatchResponse__Output>
      MatchResult: MessageTypeDefinition<_triptych_v1_MatchResult, _triptych_v1_MatchResult__Output>
      ModelStamp: MessageTypeDefinition<_triptych_v1_ModelStamp, _triptych_v1_ModelStamp__Output>
      PixelFormat: EnumTypeDefinition
      Pooling: EnumTypeDefinition
      RankFusion: MessageTypeDefinition<_triptych_v1_RankFusion, _triptych_v1_RankFusion__Output>
      RankFusionRule: EnumTypeDefinition
      RankRequest: MessageTypeDefinition<_triptych_v1_RankRequest, _triptych_v1_RankRequest__Output>
      RankResponse: MessageTypeDefinition<_triptych_v1_RankResponse, _triptych_v1_RankResponse__Output>
      RankSource: MessageTypeDefinition<_triptych_v1_RankSource, _triptych_v1_RankSource__Output>
      RankedItem: MessageTypeDefinition<_triptych_v1_RankedItem, _triptych_v1_RankedItem__Output>
      Ranking: MessageTypeDefinition<_triptych_v1_Ranking, _triptych_v1_Ranking__Output>
      RawImage: MessageTypeDefinition<_triptych_v1_RawImage, _triptych_v1_RawImage__Output>
      SimilarityRequest: MessageTypeDefinition<_triptych_v1_SimilarityRequest, _triptych_v1_SimilarityRequest__Output>
      SimilarityResponse: MessageTypeDefinition<_triptych_v1_SimilarityResponse, _triptych_v1_SimilarityResponse__Output>
      SpeechTask: EnumTypeDefinition
      TailPolicy: EnumTypeDefinition
      Timing: MessageTypeDefinition<_triptych_v1_Timing, _triptych_v1_Timing__Output>
      TranscriptSegment: MessageTypeDefinition<_triptych_v1_TranscriptSegment, _triptych_v1_TranscriptSegment__Output>
      TranscriptWord: MessageTypeDefinition<_triptych_v1_TranscriptWord, _triptych_v1_TranscriptWord__Output>
      TranscriptionOptions: MessageTypeDefinition<_triptych_v1_TranscriptionOptions, _triptych_v1_TranscriptionOptions__Output>
      VectorFusionRule: EnumTypeDefinition
      WindowTranscript: MessageTypeDefinition<_triptych_v1_WindowTranscript, _triptych_v1_WindowTranscript__Output>
    }
  }
}

