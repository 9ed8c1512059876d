// Original file: ../../proto/triptych/v1/models.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { GetModelRequest as _triptych_v1_GetModelRequest, GetModelRequest__Output as _triptych_v1_GetModelRequest__Output } from '../../triptych/v1/GetModelRequest.js';
import type { ListModelsRequest as _triptych_v1_ListModelsRequest, ListModelsRequest__Output as _triptych_v1_ListModelsRequest__Output } from '../../triptych/v1/ListModelsRequest.js';
import type { ListModelsResponse as _triptych_v1_ListModelsResponse, ListModelsResponse__Output as _triptych_v1_ListModelsResponse__Output } from '../../triptych/v1/ListModelsResponse.js';
import type { Model as _triptych_v1_Model, Model__Output as _triptych_v1_Model__Output } from '../../triptych/v1/Model.js';

export interface ModelsClient extends grpc.Client {
  Get(argument: _triptych_v1_GetModelRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_triptych_v1_Model__Output>): grpc.ClientUnaryCall;
  Get(argument: _triptych_v1_GetModelRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_triptych_v1_Model__Output>): grpc.ClientUnaryCall;
  Get(argument: _triptych_v1_GetModelRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_triptych_v1_Model__Output>): grpc.ClientUnaryCall;
  Get(argument: _triptych_v1_GetModelRequest, callback: grpc.requestCallback<_triptych_v1_Model__Output>): grpc.ClientUnaryCall;
  get(argument: _triptych_v1_GetModelRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_triptych_v1_Model__Output>): grpc.ClientUnaryCall;
  get(argument: _triptych_v1_GetModelRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_triptych_v1_Model__Output>): grpc.ClientUnaryCall;
  get(argument: _triptych_v1_GetModelRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_triptych_v1_Model__Output>): grpc.ClientUnaryCall;
  get(argument: _triptych_v1_GetModelRequest, callback: grpc.requestCallback<_triptych_v1_Model__Output>): grpc.ClientUnaryCall;
  
  List(argument: _triptych_v1_ListModelsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_triptych_v1_ListModelsResponse__Output>): grpc.ClientUnaryCall;
  List(argument: _triptych_v1_ListModelsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_triptych_v1_ListModelsResponse__Output>): grpc.ClientUnaryCall;
  List(argument: _triptych_v1_ListModelsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_triptych_v1_ListModelsResponse__Output>): grpc.ClientUnaryCall;
  List(argument: _triptych_v1_ListModelsRequest, callback: grpc.requestCallback<_triptych_v1_ListModelsResponse__Output>): grpc.ClientUnaryCall;
  list(argument: _triptych_v1_ListModelsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_triptych_v1_ListModelsResponse__Output>): grpc.ClientUnaryCall;
  list(argument: _triptych_v1_ListModelsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_triptych_v1_ListModelsResponse__Output>): grpc.ClientUnaryCall;
  list(argument: _triptych_v1_ListModelsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_triptych_v1_ListModelsResponse__Output>): grpc.ClientUnaryCall;
  list(argument: _triptych_v1_ListModelsRequest, callback: grpc.requestCallback<_triptych_v1_ListModelsResponse__Output>): grpc.ClientUnaryCall;
  
}

export interface ModelsHandlers extends grpc.UntypedServiceImplementation {
  Get: grpc.handleUnaryCall<_triptych_v1_GetModelRequest__Output, _triptych_v1_Model>;
  
  List: grpc.handleUnaryCall<_triptych_v1_ListModelsRequest__Output, _triptych_v1_ListModelsResponse>;
  
}

export interface ModelsDefinition extends grpc.ServiceDefinition {
  Get: MethodDefinition<_triptych_v1_GetModelRequest, _triptych_v1_Model, _triptych_v1_GetModelRequest__Output, _triptych_v1_Model__Output>
  List: MethodDefinition<_triptych_v1_ListModelsRequest, _triptych_v1_ListModelsResponse, _triptych_v1_ListModelsRequest__Output, _triptych_v1_ListModelsResponse__Output>
}
