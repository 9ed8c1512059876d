// Original file: ../../proto/triptych/v1/audio.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { AudioStreamRequest as _triptych_v1_AudioStreamRequest, AudioStreamRequest__Output as _triptych_v1_AudioStreamRequest__Output } from '../../triptych/v1/AudioStreamRequest.js';
import type { AudioStreamResponse as _triptych_v1_AudioStreamResponse, AudioStreamResponse__Output as _triptych_v1_AudioStreamResponse__Output } from '../../triptych/v1/AudioStreamResponse.js';
import type { EncodeAudioRequest as _triptych_v1_EncodeAudioRequest, EncodeAudioRequest__Output as _triptych_v1_EncodeAudioRequest__Output } from '../../triptych/v1/EncodeAudioRequest.js';
import type { EncodeAudioResponse as _triptych_v1_EncodeAudioResponse, EncodeAudioResponse__Output as _triptych_v1_EncodeAudioResponse__Output } from '../../triptych/v1/EncodeAudioResponse.js';

export interface AudioEncoderClient extends grpc.Client {
  Encode(argument: _triptych_v1_EncodeAudioRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_triptych_v1_EncodeAudioResponse__Output>): grpc.ClientUnaryCall;
  Encode(argument: _triptych_v1_EncodeAudioRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_triptych_v1_EncodeAudioResponse__Output>): grpc.ClientUnaryCall;
  Encode(argument: _triptych_v1_EncodeAudioRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_triptych_v1_EncodeAudioResponse__Output>): grpc.ClientUnaryCall;
  Encode(argument: _triptych_v1_EncodeAudioRequest, callback: grpc.requestCallback<_triptych_v1_EncodeAudioResponse__Output>): grpc.ClientUnaryCall;
  encode(argument: _triptych_v1_EncodeAudioRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_triptych_v1_EncodeAudioResponse__Output>): grpc.ClientUnaryCall;
  encode(argument: _triptych_v1_EncodeAudioRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_triptych_v1_EncodeAudioResponse__Output>): grpc.ClientUnaryCall;
  encode(argument: _triptych_v1_EncodeAudioRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_triptych_v1_EncodeAudioResponse__Output>): grpc.ClientUnaryCall;
  encode(argument: _triptych_v1_EncodeAudioRequest, callback: grpc.requestCallback<_triptych_v1_EncodeAudioResponse__Output>): grpc.ClientUnaryCall;
  
  EncodeStream(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_triptych_v1_AudioStreamRequest, _triptych_v1_AudioStreamResponse__Output>;
  EncodeStream(options?: grpc.CallOptions): grpc.ClientDuplexStream<_triptych_v1_AudioStreamRequest, _triptych_v1_AudioStreamResponse__Output>;
  encodeStream(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_triptych_v1_AudioStreamRequest, _triptych_v1_AudioStreamResponse__Output>;
  encodeStream(options?: grpc.CallOptions): grpc.ClientDuplexStream<_triptych_v1_AudioStreamRequest, _triptych_v1_AudioStreamResponse__Output>;
  
}

export interface AudioEncoderHandlers extends grpc.UntypedServiceImplementation {
  Encode: grpc.handleUnaryCall<_triptych_v1_EncodeAudioRequest__Output, _triptych_v1_EncodeAudioResponse>;
  
  EncodeStream: grpc.handleBidiStreamingCall<_triptych_v1_AudioStreamRequest__Output, _triptych_v1_AudioStreamResponse>;
  
}

export interface AudioEncoderDefinition extends grpc.ServiceDefinition {
  Encode: MethodDefinition<_triptych_v1_EncodeAudioRequest, _triptych_v1_EncodeAudioResponse, _triptych_v1_EncodeAudioRequest__Output, _triptych_v1_EncodeAudioResponse__Output>
  EncodeStream: MethodDefinition<_triptych_v1_AudioStreamRequest, _triptych_v1_AudioStreamResponse, _triptych_v1_AudioStreamRequest__Output, _triptych_v1_AudioStreamResponse__Output>
}
