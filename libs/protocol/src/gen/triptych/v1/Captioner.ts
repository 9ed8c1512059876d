// Original file: ../../proto/triptych/v1/captioner.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { CaptionRequest as _triptych_v1_CaptionRequest, CaptionRequest__Output as _triptych_v1_CaptionRequest__Output } from '../../triptych/v1/CaptionRequest.js';
import type { CaptionResponse as _triptych_v1_CaptionResponse, CaptionResponse__Output as _triptych_v1_CaptionResponse__Output } from '../../triptych/v1/CaptionResponse.js';

export interface CaptionerClient extends grpc.Client {
  Caption(argument: _triptych_v1_CaptionRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_triptych_v1_CaptionResponse__Output>): grpc.ClientUnaryCall;
  Caption(argument: _triptych_v1_CaptionRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_triptych_v1_CaptionResponse__Output>): grpc.ClientUnaryCall;
  Caption(argument: _triptych_v1_CaptionRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_triptych_v1_CaptionResponse__Output>): grpc.ClientUnaryCall;
  Caption(argument: _triptych_v1_CaptionRequest, callback: grpc.requestCallback<_triptych_v1_CaptionResponse__Output>): grpc.ClientUnaryCall;
  caption(argument: _triptych_v1_CaptionRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_triptych_v1_CaptionResponse__Output>): grpc.ClientUnaryCall;
  caption(argument: _triptych_v1_CaptionRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_triptych_v1_CaptionResponse__Output>): grpc.ClientUnaryCall;
  caption(argument: _triptych_v1_CaptionRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_triptych_v1_CaptionResponse__Output>): grpc.ClientUnaryCall;
  caption(argument: _triptych_v1_CaptionRequest, callback: grpc.requestCallback<_triptych_v1_CaptionResponse__Output>): grpc.ClientUnaryCall;
  
}

export interface CaptionerHandlers extends grpc.UntypedServiceImplementation {
  Caption: grpc.handleUnaryCall<_triptych_v1_CaptionRequest__Output, _triptych_v1_CaptionResponse>;
  
}

export interface CaptionerDefinition extends grpc.ServiceDefinition {
  Caption: MethodDefinition<_triptych_v1_CaptionRequest, _triptych_v1_CaptionResponse, _triptych_v1_CaptionRequest__Output, _triptych_v1_CaptionResponse__Output>
}
