import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { Embedding as _triptych_v1_Embedding, Embedding__Output as _triptych_v1_Embedding__Output } from './triptych/v1/Embedding.js';
import type { EmbeddingOptions as _triptych_v1_EmbeddingOptions, EmbeddingOptions__Output as _triptych_v1_EmbeddingOptions__Output } from './triptych/v1/EmbeddingOptions.js';
import type { EncodeImagesRequest as _triptych_v1_EncodeImagesRequest, EncodeImagesRequest__Output as _triptych_v1_EncodeImagesRequest__Output } from './triptych/v1/EncodeImagesRequest.js';
import type { EncodeImagesResponse as _triptych_v1_EncodeImagesResponse, EncodeImagesResponse__Output as _triptych_v1_EncodeImagesResponse__Output } from './triptych/v1/EncodeImagesResponse.js';
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
import type { ItemError as _triptych_v1_ItemError, ItemError__Output as _triptych_v1_ItemError__Output } from './triptych/v1/ItemError.js';
import type { ModelStamp as _triptych_v1_ModelStamp, ModelStamp__Output as _triptych_v1_ModelStamp__Output } from './triptych/v1/ModelStamp.js';
import type { RawImage as _triptych_v1_RawImage, RawImage__Output as _triptych_v1_RawImage__Output } from './triptych/v1/RawImage.js';
import type { Timing as _triptych_v1_Timing, Timing__Output as _triptych_v1_Timing__Output } from './triptych/v1/Timing.js';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  triptych: {
    v1: {
      Embedding: MessageTypeDefinition<_triptych_v1_Embedding, _triptych_v1_Embedding__Output>
      EmbeddingEncoding: EnumTypeDefinition
      EmbeddingOptions: MessageTypeDefinition<_triptych_v1_EmbeddingOptions, _triptych_v1_EmbeddingOptions__Output>
      EncodeImagesRequest: MessageTypeDefinition<_triptych_v1_EncodeImagesRequest, _triptych_v1_EncodeImagesRequest__Output>
      EncodeImagesResponse: MessageTypeDefinition<_triptych_v1_EncodeImagesResponse, _triptych_v1_EncodeImagesResponse__Output>
      FinishReason: EnumTypeDefinition
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
      ItemError: MessageTypeDefinition<_triptych_v1_ItemError, _triptych_v1_ItemError__Output>
      ModelStamp: MessageTypeDefinition<_triptych_v1_ModelStamp, _triptych_v1_ModelStamp__Output>
      PixelFormat: EnumTypeDefinition
      Pooling: EnumTypeDefinition
      RawImage: MessageTypeDefinition<_triptych_v1_RawImage, _triptych_v1_RawImage__Output>
      Timing: MessageTypeDefinition<_triptych_v1_Timing, _triptych_v1_Timing__Output>
    }
  }
}

