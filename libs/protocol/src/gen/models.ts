import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from './google/protobuf/Timestamp.js';
import type { AudioLimits as _triptych_v1_AudioLimits, AudioLimits__Output as _triptych_v1_AudioLimits__Output } from './triptych/v1/AudioLimits.js';
import type { Embedding as _triptych_v1_Embedding, Embedding__Output as _triptych_v1_Embedding__Output } from './triptych/v1/Embedding.js';
import type { EmbeddingOptions as _triptych_v1_EmbeddingOptions, EmbeddingOptions__Output as _triptych_v1_EmbeddingOptions__Output } from './triptych/v1/EmbeddingOptions.js';
import type { Encoder as _triptych_v1_Encoder, Encoder__Output as _triptych_v1_Encoder__Output } from './triptych/v1/Encoder.js';
import type { GetModelRequest as _triptych_v1_GetModelRequest, GetModelRequest__Output as _triptych_v1_GetModelRequest__Output } from './triptych/v1/GetModelRequest.js';
import type { ImageLimits as _triptych_v1_ImageLimits, ImageLimits__Output as _triptych_v1_ImageLimits__Output } from './triptych/v1/ImageLimits.js';
import type { ItemError as _triptych_v1_ItemError, ItemError__Output as _triptych_v1_ItemError__Output } from './triptych/v1/ItemError.js';
import type { ListModelsRequest as _triptych_v1_ListModelsRequest, ListModelsRequest__Output as _triptych_v1_ListModelsRequest__Output } from './triptych/v1/ListModelsRequest.js';
import type { ListModelsResponse as _triptych_v1_ListModelsResponse, ListModelsResponse__Output as _triptych_v1_ListModelsResponse__Output } from './triptych/v1/ListModelsResponse.js';
import type { LoadFailure as _triptych_v1_LoadFailure, LoadFailure__Output as _triptych_v1_LoadFailure__Output } from './triptych/v1/LoadFailure.js';
import type { LoadModelRequest as _triptych_v1_LoadModelRequest, LoadModelRequest__Output as _triptych_v1_LoadModelRequest__Output } from './triptych/v1/LoadModelRequest.js';
import type { Model as _triptych_v1_Model, Model__Output as _triptych_v1_Model__Output } from './triptych/v1/Model.js';
import type { ModelStamp as _triptych_v1_ModelStamp, ModelStamp__Output as _triptych_v1_ModelStamp__Output } from './triptych/v1/ModelStamp.js';
import type { ModelsClient as _triptych_v1_ModelsClient, ModelsDefinition as _triptych_v1_ModelsDefinition } from './triptych/v1/Models.js';
import type { ReloadModelRequest as _triptych_v1_ReloadModelRequest, ReloadModelRequest__Output as _triptych_v1_ReloadModelRequest__Output } from './triptych/v1/ReloadModelRequest.js';
import type { TextLimits as _triptych_v1_TextLimits, TextLimits__Output as _triptych_v1_TextLimits__Output } from './triptych/v1/TextLimits.js';
import type { Timing as _triptych_v1_Timing, Timing__Output as _triptych_v1_Timing__Output } from './triptych/v1/Timing.js';
import type { UnloadModelRequest as _triptych_v1_UnloadModelRequest, UnloadModelRequest__Output as _triptych_v1_UnloadModelRequest__Output } from './triptych/v1/UnloadModelRequest.js';

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
      AudioLimits: MessageTypeDefinition<_triptych_v1_AudioLimits, _triptych_v1_AudioLimits__Output>
      Embedding: MessageTypeDefinition<_triptych_v1_Embedding, _triptych_v1_Embedding__Output>
      EmbeddingEncoding: EnumTypeDefinition
      EmbeddingOptions: MessageTypeDefinition<_triptych_v1_EmbeddingOptions, _triptych_v1_EmbeddingOptions__Output>
      Encoder: MessageTypeDefinition<_triptych_v1_Encoder, _triptych_v1_Encoder__Output>
      FinishReason: EnumTypeDefinition
      GetModelRequest: MessageTypeDefinition<_triptych_v1_GetModelRequest, _triptych_v1_GetModelRequest__Output>
      ImageLimits: MessageTypeDefinition<_triptych_v1_ImageLimits, _triptych_v1_ImageLimits__Output>
      ItemError: MessageTypeDefinition<_triptych_v1_ItemError, _triptych_v1_ItemError__Output>
      ListModelsRequest: MessageTypeDefinition<_triptych_v1_ListModelsRequest, _triptych_v1_ListModelsRequest__Output>
      ListModelsResponse: MessageTypeDefinition<_triptych_v1_ListModelsResponse, _triptych_v1_ListModelsResponse__Output>
      LoadFailure: MessageTypeDefinition<_triptych_v1_LoadFailure, _triptych_v1_LoadFailure__Output>
      LoadModelRequest: MessageTypeDefinition<_triptych_v1_LoadModelRequest, _triptych_v1_LoadModelRequest__Output>
      Modality: EnumTypeDefinition
      Model: MessageTypeDefinition<_triptych_v1_Model, _triptych_v1_Model__Output>
      ModelStamp: MessageTypeDefinition<_triptych_v1_ModelStamp, _triptych_v1_ModelStamp__Output>
      ModelState: EnumTypeDefinition
      Models: SubtypeConstructor<typeof grpc.Client, _triptych_v1_ModelsClient> & { service: _triptych_v1_ModelsDefinition }
      Pooling: EnumTypeDefinition
      ReloadModelRequest: MessageTypeDefinition<_triptych_v1_ReloadModelRequest, _triptych_v1_ReloadModelRequest__Output>
      TextLimits: MessageTypeDefinition<_triptych_v1_TextLimits, _triptych_v1_TextLimits__Output>
      Timing: MessageTypeDefinition<_triptych_v1_Timing, _triptych_v1_Timing__Output>
      UnloadModelRequest: MessageTypeDefinition<_triptych_v1_UnloadModelRequest, _triptych_v1_UnloadModelRequest__Output>
    }
  }
}

