// Original file: ../../proto/triptych/v1/transcriber.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { TranscribeRequest as _triptych_v1_TranscribeRequest, TranscribeRequest__Output as _triptych_v1_TranscribeRequest__Output } from '../../triptych/v1/TranscribeRequest.js';
import type { TranscribeResponse as _triptych_v1_TranscribeResponse, TranscribeResponse__Output as _triptych_v1_TranscribeResponse__Output } from '../../triptych/v1/TranscribeResponse.js';
import type { TranscribeStreamRequest as _triptych_v1_TranscribeStreamRequest, TranscribeStreamRequest__Output as _triptych_v1_TranscribeStreamRequest__Output } from '../../triptych/v1/TranscribeStreamRequest.js';
import type { TranscribeStreamResponse as _triptych_v1_TranscribeStreamResponse, TranscribeStreamResponse__Output as _triptych_v1_TranscribeStreamResponse__Output } from '../../triptych/v1/TranscribeStreamResponse.js';

export interface TranscriberClient extends grpc.Client {
  Transcribe(argument: _triptych_v1_TranscribeRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_triptych_v1_TranscribeResponse__Output>): grpc.ClientUnaryCall;
  Transcribe(argument: _triptych_v1_TranscribeRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_triptych_v1_TranscribeResponse__Output>): grpc.ClientUnaryCall;
  Transcribe(argument: _triptych_v1_TranscribeRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_triptych_v1_TranscribeResponse__Output>): grpc.ClientUnaryCall;
  Transcribe(argument: _triptych_v1_TranscribeRequest, callback: grpc.requestCallback<_triptych_v1_TranscribeResponse__Output>): grpc.ClientUnaryCall;
  transcribe(argument: _triptych_v1_TranscribeRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_triptych_v1_TranscribeResponse__Output>): grpc.ClientUnaryCall;
  transcribe(argument: _triptych_v1_TranscribeRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_triptych_v1_TranscribeResponse__Output>): grpc.ClientUnaryCall;
  transcribe(argument: _triptych_v1_TranscribeRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_triptych_v1_TranscribeResponse__Output>): grpc.ClientUnaryCall;
  transcribe(argument: _triptych_v1_TranscribeRequest, callback: grpc.requestCallback<_triptych_v1_TranscribeResponse__Output>): grpc.ClientUnaryCall;
  
  TranscribeStream(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_triptych_v1_TranscribeStreamRequest, _triptych_v1_TranscribeStreamResponse__Output>;
  TranscribeStream(options?: grpc.CallOptions): grpc.ClientDuplexStream<_triptych_v1_TranscribeStreamRequest, _triptych_v1_TranscribeStreamResponse__Output>;
  transcribeStream(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_triptych_v1_TranscribeStreamRequest, _triptych_v1_TranscribeStreamResponse__Output>;
  transcribeStream(options?: grpc.CallOptions): grpc.ClientDuplexStream<_triptych_v1_TranscribeStreamRequest, _triptych_v1_TranscribeStreamResponse__Output>;
  
}

export interface TranscriberHandlers extends grpc.UntypedServiceImplementation {
  Transcribe: grpc.handleUnaryCall<_triptych_v1_TranscribeRequest__Output, _triptych_v1_TranscribeResponse>;
  
  TranscribeStream: grpc.handleBidiStreamingCall<_triptych_v1_TranscribeStreamRequest__Output, _triptych_v1_TranscribeStreamResponse>;
  
}

export interface TranscriberDefinition extends grpc.ServiceDefinition {
  Transcribe: MethodDefinition<_triptych_v1_TranscribeRequest, _triptych_v1_TranscribeResponse, _triptych_v1_TranscribeRequest__Output, _triptych_v1_TranscribeResponse__Output>
  TranscribeStream: MethodDefinition<_triptych_v1_TranscribeStreamRequest, _triptych_v1_TranscribeStreamResponse, _triptych_v1_TranscribeStreamRequest__Output, _triptych_v1_TranscribeStreamResponse__Output>
}
