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
import type { Embedding as _triptych_v1_Embedding, Embedding__Output as _triptych_v1_Embedding__Output } from './triptych/v1/Embedding.js';
import type { EmbeddingOptions as _triptych_v1_EmbeddingOptions, EmbeddingOptions__Output as _triptych_v1_EmbeddingOptions__Output } from './triptych/v1/EmbeddingOptions.js';
import type { EncodeAudioRequest as _triptych_v1_EncodeAudioRequest, EncodeAudioRequest__Output as _triptych_v1_EncodeAudioRequest__Output } from './triptych/v1/EncodeAudioRequest.js';
import type { EncodeAudioResponse as _triptych_v1_EncodeAudioResponse, EncodeAudioResponse__Output as _triptych_v1_EncodeAudioResponse__Output } from './triptych/v1/EncodeAudioResponse.js';
import type { ItemError as _triptych_v1_ItemError, ItemError__Output as _triptych_v1_ItemError__Output } from './triptych/v1/ItemError.js';
import type { ModelStamp as _triptych_v1_ModelStamp, ModelStamp__Output as _triptych_v1_ModelStamp__Output } from './triptych/v1/ModelStamp.js';
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
      Embedding: MessageTypeDefinition<_triptych_v1_Embedding, _triptych_v1_Embedding__Output>
      EmbeddingEncoding: EnumTypeDefinition
      EmbeddingOptions: MessageTypeDefinition<_triptych_v1_EmbeddingOptions, _triptych_v1_EmbeddingOptions__Output>
      EncodeAudioRequest: MessageTypeDefinition<_triptych_v1_EncodeAudioRequest, _triptych_v1_EncodeAudioRequest__Output>
      EncodeAudioResponse: MessageTypeDefinition<_triptych_v1_EncodeAudioResponse, _triptych_v1_EncodeAudioResponse__Output>
      FinishReason: EnumTypeDefinition
      ItemError: MessageTypeDefinition<_triptych_v1_ItemError, _triptych_v1_ItemError__Output>
      ModelStamp: MessageTypeDefinition<_triptych_v1_ModelStamp, _triptych_v1_ModelStamp__Output>
      Pooling: EnumTypeDefinition
      SpeechTask: EnumTypeDefinition
      TailPolicy: EnumTypeDefinition
      Timing: MessageTypeDefinition<_triptych_v1_Timing, _triptych_v1_Timing__Output>
      TranscriptSegment: MessageTypeDefinition<_triptych_v1_TranscriptSegment, _triptych_v1_TranscriptSegment__Output>
      TranscriptWord: MessageTypeDefinition<_triptych_v1_TranscriptWord, _triptych_v1_TranscriptWord__Output>
      TranscriptionOptions: MessageTypeDefinition<_triptych_v1_TranscriptionOptions, _triptych_v1_TranscriptionOptions__Output>
      WindowTranscript: MessageTypeDefinition<_triptych_v1_WindowTranscript, _triptych_v1_WindowTranscript__Output>
    }
  }
}

