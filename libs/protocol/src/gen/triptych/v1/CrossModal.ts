// Original file: ../../proto/triptych/v1/cross_modal.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { ClassifyRequest as _triptych_v1_ClassifyRequest, ClassifyRequest__Output as _triptych_v1_ClassifyRequest__Output } from '../../triptych/v1/ClassifyRequest.js';
import type { ClassifyResponse as _triptych_v1_ClassifyResponse, ClassifyResponse__Output as _triptych_v1_ClassifyResponse__Output } from '../../triptych/v1/ClassifyResponse.js';
import type { FuseRequest as _triptych_v1_FuseRequest, FuseRequest__Output as _triptych_v1_FuseRequest__Output } from '../../triptych/v1/FuseRequest.js';
import type { FuseResponse as _triptych_v1_FuseResponse, FuseResponse__Output as _triptych_v1_FuseResponse__Output } from '../../triptych/v1/FuseResponse.js';
import type { MatchRequest as _triptych_v1_MatchRequest, MatchRequest__Output as _triptych_v1_MatchRequest__Output } from '../../triptych/v1/MatchRequest.js';
import type { MatchResponse as _triptych_v1_MatchResponse, MatchResponse__Output as _triptych_v1_MatchResponse__Output } from '../../triptych/v1/MatchResponse.js';
import type { RankRequest as _triptych_v1_RankRequest, RankRequest__Output as _triptych_v1_RankRequest__Output } from '../../triptych/v1/RankRequest.js';
import type { RankResponse as _triptych_v1_RankResponse, RankResponse__Output as _triptych_v1_RankResponse__Output } from '../../triptych/v1/RankResponse.js';
import type { SimilarityRequest as _triptych_v1_SimilarityRequest, SimilarityRequest__Output as _triptych_v1_SimilarityRequest__Output } from '../../triptych/v1/SimilarityRequest.js';
import type { SimilarityResponse as _triptych_v1_SimilarityResponse, SimilarityResponse__Output as _triptych_v1_SimilarityResponse__Output } from '../../triptych/v1/SimilarityResponse.js';

export interface CrossModalClient extends grpc.Client {
  Classify(argument: _triptych_v1_ClassifyRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_triptych_v1_ClassifyResponse__Output>): grpc.ClientUnaryCall;
  Classify(argument: _triptych_v1_ClassifyRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_triptych_v1_ClassifyResponse__Output>): grpc.ClientUnaryCall;
  Classify(argument: _triptych_v1_ClassifyRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_triptych_v1_ClassifyResponse__Output>): grpc.ClientUnaryCall;
  Classify(argument: _triptych_v1_ClassifyRequest, callback: grpc.requestCallback<_triptych_v1_ClassifyResponse__Output>): grpc.ClientUnaryCall;
  classify(argument: _triptych_v1_ClassifyRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_triptych_v1_ClassifyResponse__Output>): grpc.ClientUnaryCall;
  classify(argument: _triptych_v1_ClassifyRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_triptych_v1_ClassifyResponse__Output>): grpc.ClientUnaryCall;
  classify(argument: _triptych_v1_ClassifyRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_triptych_v1_ClassifyResponse__Output>): grpc.ClientUnaryCall;
  classify(argument: _triptych_v1_ClassifyRequest, callback: grpc.requestCallback<_triptych_v1_ClassifyResponse__Output>): grpc.ClientUnaryCall;
  
  Fuse(argument: _triptych_v1_FuseRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_triptych_v1_FuseResponse__Output>): grpc.ClientUnaryCall;
  Fuse(argument: _triptych_v1_FuseRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_triptych_v1_FuseResponse__Output>): grpc.ClientUnaryCall;
  Fuse(argument: _triptych_v1_FuseRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_triptych_v1_FuseResponse__Output>): grpc.ClientUnaryCall;
  Fuse(argument: _triptych_v1_FuseRequest, callback: grpc.requestCallback<_triptych_v1_FuseResponse__Output>): grpc.ClientUnaryCall;
  fuse(argument: _triptych_v1_FuseRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_triptych_v1_FuseResponse__Output>): grpc.ClientUnaryCall;
  fuse(argument: _triptych_v1_FuseRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_triptych_v1_FuseResponse__Output>): grpc.ClientUnaryCall;
  fuse(argument: _triptych_v1_FuseRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_triptych_v1_FuseResponse__Output>): grpc.ClientUnaryCall;
  fuse(argument: _triptych_v1_FuseRequest, callback: grpc.requestCallback<_triptych_v1_FuseResponse__Output>): grpc.ClientUnaryCall;
  
  Match(argument: _triptych_v1_MatchRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_triptych_v1_MatchResponse__Output>): grpc.ClientUnaryCall;
  Match(argument: _triptych_v1_MatchRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_triptych_v1_MatchResponse__Output>): grpc.ClientUnaryCall;
  Match(argument: _triptych_v1_MatchRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_triptych_v1_MatchResponse__Output>): grpc.ClientUnaryCall;
  Match(argument: _triptych_v1_MatchRequest, callback: grpc.requestCallback<_triptych_v1_MatchResponse__Output>): grpc.ClientUnaryCall;
  match(argument: _triptych_v1_MatchRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_triptych_v1_MatchResponse__Output>): grpc.ClientUnaryCall;
  match(argument: _triptych_v1_MatchRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_triptych_v1_MatchResponse__Output>): grpc.ClientUnaryCall;
  match(argument: _triptych_v1_MatchRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_triptych_v1_MatchResponse__Output>): grpc.ClientUnaryCall;
  match(argument: _triptych_v1_MatchRequest, callback: grpc.requestCallback<_triptych_v1_MatchResponse__Output>): grpc.ClientUnaryCall;
  
  Rank(argument: _triptych_v1_RankRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_triptych_v1_RankResponse__Output>): grpc.ClientUnaryCall;
  Rank(argument: _triptych_v1_RankRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_triptych_v1_RankResponse__Output>): grpc.ClientUnaryCall;
  Rank(argument: _triptych_v1_RankRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_triptych_v1_RankResponse__Output>): grpc.ClientUnaryCall;
  Rank(argument: _triptych_v1_RankRequest, callback: grpc.requestCallback<_triptych_v1_RankResponse__Output>): grpc.ClientUnaryCall;
  rank(argument: _triptych_v1_RankRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_triptych_v1_RankResponse__Output>): grpc.ClientUnaryCall;
  rank(argument: _triptych_v1_RankRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_triptych_v1_RankResponse__Output>): grpc.ClientUnaryCall;
  rank(argument: _triptych_v1_RankRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_triptych_v1_RankResponse__Output>): grpc.ClientUnaryCall;
  rank(argument: _triptych_v1_RankRequest, callback: grpc.requestCallback<_triptych_v1_RankResponse__Output>): grpc.ClientUnaryCall;
  
  Similarity(argument: _triptych_v1_SimilarityRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_triptych_v1_SimilarityResponse__Output>): grpc.ClientUnaryCall;
  Similarity(argument: _triptych_v1_SimilarityRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_triptych_v1_SimilarityResponse__Output>): grpc.ClientUnaryCall;
  Similarity(argument: _triptych_v1_SimilarityRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_triptych_v1_SimilarityResponse__Output>): grpc.ClientUnaryCall;
  Similarity(argument: _triptych_v1_SimilarityRequest, callback: grpc.requestCallback<_triptych_v1_SimilarityResponse__Output>): grpc.ClientUnaryCall;
  similarity(argument: _triptych_v1_SimilarityRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_triptych_v1_SimilarityResponse__Output>): grpc.ClientUnaryCall;
  similarity(argument: _triptych_v1_SimilarityRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_triptych_v1_SimilarityResponse__Output>): grpc.ClientUnaryCall;
  similarity(argument: _triptych_v1_SimilarityRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_triptych_v1_SimilarityResponse__Output>): grpc.ClientUnaryCall;
  similarity(argument: _triptych_v1_SimilarityRequest, callback: grpc.requestCallback<_triptych_v1_SimilarityResponse__Output>): grpc.ClientUnaryCall;
  
}

export interface CrossModalHandlers extends grpc.UntypedServiceImplementation {
  Classify: grpc.handleUnaryCall<_triptych_v1_ClassifyRequest__Output, _triptych_v1_ClassifyResponse>;
  
  Fuse: grpc.handleUnaryCall<_triptych_v1_FuseRequest__Output, _triptych_v1_FuseResponse>;
  
  Match: grpc.handleUnaryCall<_triptych_v1_MatchRequest__Output, _triptych_v1_MatchResponse>;
  
  Rank: grpc.handleUnaryCall<_triptych_v1_RankRequest__Output, _triptych_v1_RankResponse>;
  
  Similarity: grpc.handleUnaryCall<_triptych_v1_SimilarityRequest__Output, _triptych_v1_SimilarityResponse>;
  
}

export interface CrossModalDefinition extends grpc.ServiceDefinition {
  Classify: MethodDefinition<_triptych_v1_ClassifyRequest, _triptych_v1_ClassifyResponse, _triptych_v1_ClassifyRequest__Output, _triptych_v1_ClassifyResponse__Output>
  Fuse: MethodDefinition<_triptych_v1_FuseRequest, _triptych_v1_FuseResponse, _triptych_v1_FuseRequest__Output, _triptych_v1_FuseResponse__Output>
  Match: MethodDefinition<_triptych_v1_MatchRequest, _triptych_v1_MatchResponse, _triptych_v1_MatchRequest__Output, _triptych_v1_MatchResponse__Output>
  Rank: MethodDefinition<_triptych_v1_RankRequest, _triptych_v1_RankResponse, _triptych_v1_RankRequest__Output, _triptych_v1_RankResponse__Output>
  Similarity: MethodDefinition<_triptych_v1_SimilarityRequest, _triptych_v1_SimilarityResponse, _triptych_v1_SimilarityRequest__Output, _triptych_v1_SimilarityResponse__Output>
}
