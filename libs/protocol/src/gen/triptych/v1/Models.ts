// Original file: ../../proto/triptych/v1/models.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { GetModelRequest as _triptych_v1_GetModelRequest, GetModelRequest__Output as _triptych_v1_GetModelRequest__Output } from '../../triptych/v1/GetModelRequest.js';
import type { ListModelsRequest as _triptych_v1_ListModelsRequest, ListModelsRequest__Output as _triptych_v1_ListModelsRequest__Output } from '../../triptych/v1/ListModelsRequest.js';
import type { ListModelsResponse as _triptych_v1_ListModelsResponse, ListModelsResponse__Output as _triptych_v1_ListModelsResponse__Output } from '../../triptych/v1/ListModelsResponse.js';
import type { LoadModelRequest as _triptych_v1_LoadModelRequest, LoadModelRequest__Output as _triptych_v1_LoadModelRequest__Output } from '../../triptych/v1/LoadModelRequest.js';
import type { Model as _triptych_v1_Model, Model__Output as _triptych_v1_Model__Output } from '../../triptych/v1/Model.js';
import type { ReloadModelRequest as _triptych_v1_ReloadModelRequest, ReloadModelRequest__Output as _triptych_v1_ReloadModelRequest__Output } from '../../triptych/v1/ReloadModelRequest.js';
import type { UnloadModelRequest as _triptych_v1_UnloadModelRequest, UnloadModelRequest__Output as _triptych_v1_UnloadModelRequest__Output } from '../../triptych/v1/UnloadModelRequest.js';

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
  
  Load(argument: _triptych_v1_LoadModelRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_triptych_v1_Model__Output>): grpc.ClientUnaryCall;
  Load(argument: _triptych_v1_LoadModelRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_triptych_v1_Model__Output>): grpc.ClientUnaryCall;
  Load(argument: _triptych_v1_LoadModelRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_triptych_v1_Model__Output>): grpc.ClientUnaryCall;
  Load(argument: _triptych_v1_LoadModelRequest, callback: grpc.requestCallback<_triptych_v1_Model__Output>): grpc.ClientUnaryCall;
  load(argument: _triptych_v1_LoadModelRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_triptych_v1_Model__Output>): grpc.ClientUnaryCall;
  load(argument: _triptych_v1_LoadModelRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_triptych_v1_Model__Output>): grpc.ClientUnaryCall;
  load(argument: _triptych_v1_LoadModelRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_triptych_v1_Model__Output>): grpc.ClientUnaryCall;
  load(argument: _triptych_v1_LoadModelRequest, callback: grpc.requestCallback<_triptych_v1_Model__Output>): grpc.ClientUnaryCall;
  
  Reload(argument: _triptych_v1_ReloadModelRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_triptych_v1_Model__Output>): grpc.ClientUnaryCall;
  Reload(argument: _triptych_v1_ReloadModelRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_triptych_v1_Model__Output>): grpc.ClientUnaryCall;
  Reload(argument: _triptych_v1_ReloadModelRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_triptych_v1_Model__Output>): grpc.ClientUnaryCall;
  Reload(argument: _triptych_v1_ReloadModelRequest, callback: grpc.requestCallback<_triptych_v1_Model__Output>): grpc.ClientUnaryCall;
  reload(argument: _triptych_v1_ReloadModelRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_triptych_v1_Model__Output>): grpc.ClientUnaryCall;
  reload(argument: _triptych_v1_ReloadModelRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_triptych_v1_Model__Output>): grpc.ClientUnaryCall;
  reload(argument: _triptych_v1_ReloadModelRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_triptych_v1_Model__Output>): grpc.ClientUnaryCall;
  reload(argument: _triptych_v1_ReloadModelRequest, callback: grpc.requestCallback<_triptych_v1_Model__Output>): grpc.ClientUnaryCall;
  
  Unload(argument: _triptych_v1_UnloadModelRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_triptych_v1_Model__Output>): grpc.ClientUnaryCall;
  Unload(argument: _triptych_v1_UnloadModelRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_triptych_v1_Model__Output>): grpc.ClientUnaryCall;
  Unload(argument: _triptych_v1_UnloadModelRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_triptych_v1_Model__Output>): grpc.ClientUnaryCall;
  Unload(argument: _triptych_v1_UnloadModelRequest, callback: grpc.requestCallback<_triptych_v1_Model__Output>): grpc.ClientUnaryCall;
  unload(argument: _triptych_v1_UnloadModelRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_triptych_v1_Model__Output>): grpc.ClientUnaryCall;
  unload(argument: _triptych_v1_UnloadModelRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_triptych_v1_Model__Output>): grpc.ClientUnaryCall;
  unload(argument: _triptych_v1_UnloadModelRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_triptych_v1_Model__Output>): grpc.ClientUnaryCall;
  unload(argument: _triptych_v1_UnloadModelRequest, callback: grpc.requestCallback<_triptych_v1_Model__Output>): grpc.ClientUnaryCall;
  
}

export interface ModelsHandlers extends grpc.UntypedServiceImplementation {
  Get: grpc.handleUnaryCall<_triptych_v1_GetModelRequest__Output, _triptych_v1_Model>;
  
  List: grpc.handleUnaryCall<_triptych_v1_ListModelsRequest__Output, _triptych_v1_ListModelsResponse>;
  
  Load: grpc.handleUnaryCall<_triptych_v1_LoadModelRequest__Output, _triptych_v1_Model>;
  
  Reload: grpc.handleUnaryCall<_triptych_v1_ReloadModelRequest__Output, _triptych_v1_Model>;
  
  Unload: grpc.handleUnaryCall<_triptych_v1_UnloadModelRequest__Output, _triptych_v1_Model>;
  
}

export interface ModelsDefinition extends grpc.ServiceDefinition {
  Get: MethodDefinition<_triptych_v1_GetModelRequest, _triptych_v1_Model, _triptych_v1_GetModelRequest__Output, _triptych_v1_Model__Output>
  List: MethodDefinition<_triptych_v1_ListModelsRequest, _triptych_v1_ListModelsResponse, _triptych_v1_ListModelsRequest__Output, _triptych_v1_ListModelsResponse__Output>
  Load: MethodDefinition<_triptych_v1_LoadModelRequest, _triptych_v1_Model, _triptych_v1_LoadModelRequest__Output, _triptych_v1_Model__Output>
  Reload: MethodDefinition<_triptych_v1_ReloadModelRequest, _triptych_v1_Model, _triptych_v1_ReloadModelRequest__Output, _triptych_v1_Model__Output>
  Unload: MethodDefinition<_triptych_v1_UnloadModelRequest, _triptych_v1_Model, _triptych_v1_UnloadModelRequest__Output, _triptych_v1_Model__Output>
}
