// Original file: ../../proto/triptych/v1/image.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { EncodeImagesRequest as _triptych_v1_EncodeImagesRequest, EncodeImagesRequest__Output as _triptych_v1_EncodeImagesRequest__Output } from '../../triptych/v1/EncodeImagesRequest.js';
import type { EncodeImagesResponse as _triptych_v1_EncodeImagesResponse, EncodeImagesResponse__Output as _triptych_v1_EncodeImagesResponse__Output } from '../../triptych/v1/EncodeImagesResponse.js';
import type { ImageStreamRequest as _triptych_v1_ImageStreamRequest, ImageStreamRequest__Output as _triptych_v1_ImageStreamRequest__Output } from '../../triptych/v1/ImageStreamRequest.js';
import type { ImageStreamResponse as _triptych_v1_ImageStreamResponse, ImageStreamResponse__Output as _triptych_v1_ImageStreamResponse__Output } from '../../triptych/v1/ImageStreamResponse.js';

export interface ImageEncoderClient extends grpc.Client {
  Encode(argument: _triptych_v1_EncodeImagesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_triptych_v1_EncodeImagesResponse__Output>): grpc.ClientUnaryCall;
  Encode(argument: _triptych_v1_EncodeImagesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_triptych_v1_EncodeImagesResponse__Output>): grpc.ClientUnaryCall;
  Encode(argument: _triptych_v1_EncodeImagesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_triptych_v1_EncodeImagesResponse__Output>): grpc.ClientUnaryCall;
  Encode(argument: _triptych_v1_EncodeImagesRequest, callback: grpc.requestCallback<_triptych_v1_EncodeImagesResponse__Output>): grpc.ClientUnaryCall;
  encode(argument: _triptych_v1_EncodeImagesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_triptych_v1_EncodeImagesResponse__Output>): grpc.ClientUnaryCall;
  encode(argument: _triptych_v1_EncodeImagesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_triptych_v1_EncodeImagesResponse__Output>): grpc.ClientUnaryCall;
  encode(argument: _triptych_v1_EncodeImagesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_triptych_v1_EncodeImagesResponse__Output>): grpc.ClientUnaryCall;
  encode(argument: _triptych_v1_EncodeImagesRequest, callback: grpc.requestCallback<_triptych_v1_EncodeImagesResponse__Output>): grpc.ClientUnaryCall;
  
  EncodeStream(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_triptych_v1_ImageStreamRequest, _triptych_v1_ImageStreamResponse__Output>;
  EncodeStream(options?: grpc.CallOptions): grpc.ClientDuplexStream<_triptych_v1_ImageStreamRequest, _triptych_v1_ImageStreamResponse__Output>;
  encodeStream(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_triptych_v1_ImageStreamRequest, _triptych_v1_ImageStreamResponse__Output>;
  encodeStream(options?: grpc.CallOptions): grpc.ClientDuplexStream<_triptych_v1_ImageStreamRequest, _triptych_v1_ImageStreamResponse__Output>;
  
}

export interface ImageEncoderHandlers extends grpc.UntypedServiceImplementation {
  Encode: grpc.handleUnaryCall<_triptych_v1_EncodeImagesRequest__Output, _triptych_v1_EncodeImagesResponse>;
  
  EncodeStream: grpc.handleBidiStreamingCall<_triptych_v1_ImageStreamRequest__Output, _triptych_v1_ImageStreamResponse>;
  
}

export interface ImageEncoderDefinition extends grpc.ServiceDefinition {
  Encode: MethodDefinition<_triptych_v1_EncodeImagesRequest, _triptych_v1_EncodeImagesResponse, _triptych_v1_EncodeImagesRequest__Output, _triptych_v1_EncodeImagesResponse__Output>
  EncodeStream: MethodDefinition<_triptych_v1_ImageStreamRequest, _triptych_v1_ImageStreamResponse, _triptych_v1_ImageStreamRequest__Output, _triptych_v1_ImageStreamResponse__Output>
}
