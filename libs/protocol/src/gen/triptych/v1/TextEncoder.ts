// Original file: ../../proto/triptych/v1/text.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { EncodeTextsRequest as _triptych_v1_EncodeTextsRequest, EncodeTextsRequest__Output as _triptych_v1_EncodeTextsRequest__Output } from '../../triptych/v1/EncodeTextsRequest.js';
import type { EncodeTextsResponse as _triptych_v1_EncodeTextsResponse, EncodeTextsResponse__Output as _triptych_v1_EncodeTextsResponse__Output } from '../../triptych/v1/EncodeTextsResponse.js';

export interface TextEncoderClient extends grpc.Client {
  Encode(argument: _triptych_v1_EncodeTextsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_triptych_v1_EncodeTextsResponse__Output>): grpc.ClientUnaryCall;
  Encode(argument: _triptych_v1_EncodeTextsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_triptych_v1_EncodeTextsResponse__Output>): grpc.ClientUnaryCall;
  Encode(argument: _triptych_v1_EncodeTextsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_triptych_v1_EncodeTextsResponse__Output>): grpc.ClientUnaryCall;
  Encode(argument: _triptych_v1_EncodeTextsRequest, callback: grpc.requestCallback<_triptych_v1_EncodeTextsResponse__Output>): grpc.ClientUnaryCall;
  encode(argument: _triptych_v1_EncodeTextsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_triptych_v1_EncodeTextsResponse__Output>): grpc.ClientUnaryCall;
  encode(argument: _triptych_v1_EncodeTextsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_triptych_v1_EncodeTextsResponse__Output>): grpc.ClientUnaryCall;
  encode(argument: _triptych_v1_EncodeTextsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_triptych_v1_EncodeTextsResponse__Output>): grpc.ClientUnaryCall;
  encode(argument: _triptych_v1_EncodeTextsRequest, callback: grpc.requestCallback<_triptych_v1_EncodeTextsResponse__Output>): grpc.ClientUnaryCall;
  
}

export interface TextEncoderHandlers extends grpc.UntypedServiceImplementation {
  Encode: grpc.handleUnaryCall<_triptych_v1_EncodeTextsRequest__Output, _triptych_v1_EncodeTextsResponse>;
  
}

export interface TextEncoderDefinition extends grpc.ServiceDefinition {
  Encode: MethodDefinition<_triptych_v1_EncodeTextsRequest, _triptych_v1_EncodeTextsResponse, _triptych_v1_EncodeTextsRequest__Output, _triptych_v1_EncodeTextsResponse__Output>
}
