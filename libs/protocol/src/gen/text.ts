import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { Embedding as _triptych_v1_Embedding, Embedding__Output as _triptych_v1_Embedding__Output } from './triptych/v1/Embedding.js';
import type { EmbeddingOptions as _triptych_v1_EmbeddingOptions, EmbeddingOptions__Output as _triptych_v1_EmbeddingOptions__Output } from './triptych/v1/EmbeddingOptions.js';
import type { EncodeTextsRequest as _triptych_v1_EncodeTextsRequest, EncodeTextsRequest__Output as _triptych_v1_EncodeTextsRequest__Output } from './triptych/v1/EncodeTextsRequest.js';
import type { EncodeTextsResponse as _triptych_v1_EncodeTextsResponse, EncodeTextsResponse__Output as _triptych_v1_EncodeTextsResponse__Output } from './triptych/v1/EncodeTextsResponse.js';
import type { ItemError as _triptych_v1_ItemError, ItemError__Output as _triptych_v1_ItemError__Output } from './triptych/v1/ItemError.js';
import type { ModelStamp as _triptych_v1_ModelStamp, ModelStamp__Output as _triptych_v1_ModelStamp__Output } from './triptych/v1/ModelStamp.js';
import type { TextEncoderClient as _triptych_v1_TextEncoderClient, TextEncoderDefinition as _triptych_v1_TextEncoderDefinition } from './triptych/v1/TextEncoder.js';
import type { TextResult as _triptych_v1_TextResult, TextResult__Output as _triptych_v1_TextResult__Output } from './triptych/v1/TextResult.js';
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
      EncodeTextsRequest: MessageTypeDefinition<_triptych_v1_EncodeTextsRequest, _triptych_v1_EncodeTextsRequest__Output>
      EncodeTextsResponse: MessageTypeDefinition<_triptych_v1_EncodeTextsResponse, _triptych_v1_EncodeTextsResponse__Output>
      FinishReason: EnumTypeDefinition
      ItemError: MessageTypeDefinition<_triptych_v1_ItemError, _triptych_v1_ItemError__Output>
      ModelStamp: MessageTypeDefinition<_triptych_v1_ModelStamp, _triptych_v1_ModelStamp__Output>
      Pooling: EnumTypeDefinition
      TextEncoder: SubtypeConstructor<typeof grpc.Client, _triptych_v1_TextEncoderClient> & { service: _triptych_v1_TextEncoderDefinition }
      TextResult: MessageTypeDefinition<_triptych_v1_TextResult, _triptych_v1_TextResult__Output>
      Timing: MessageTypeDefinition<_triptych_v1_Timing, _triptych_v1_Timing__Output>
    }
  }
}

