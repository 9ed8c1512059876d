import { loadPackageDefinition, type ServiceDefinition } from '@grpc/grpc-js';
import { TriptychError } from '@triptych/core';
import type { EngineCall } from '@triptych/engine';
import {
  type GRPCInferenceServiceHandlers,
  loadInferencePackage,
  type RepositoryModelLoadRequest__Output,
  type RequestRule,
} from '@triptych/protocol';
import { duplex, unary } from '../../grpc/call.js';
import { countBytes } from '../../grpc/count-bytes.js';
import { leaveUnread } from '../../grpc/messages/unread-message.js';
import type { CallObservers } from '../../grpc/observe-call.js';
import type { Service } from '../../grpc/services.js';
import { infer } from '../infer/infer.js';
import { sequencePlace } from '../live/sequence-id.js';
import { findOipModel, isReady, modelIsReady, oipModels, versionsOf } from '../models/oip-model.js';
import { loadModel, type RepositoryRequest, unloadModel } from '../models/repository.js';
import { serverMetadata } from '../models/server-metadata.js';
import type { OpenInference } from '../open-inference.js';
import { configMessage, metadataMessage } from './describe-model.js';
import { indexMessage } from './index-message.js';
import { readRequest } from './read-request.js';
import { statisticsMessage } from './statistics-message.js';
import { streamInfer } from './stream-infer.js';
import { answerMessage } from './write-answer.js';

const NAME = 'inference.GRPCInferenceService';

/** The Open Inference Protocol over gRPC. */
export function inferenceService(
  oip: OpenInference,
  observers: CallObservers,
  rules: ReadonlyMap<string, RequestRule>,
): Service {
  const { engine } = oip;
  const answering = <Request, Response>(
    handle: (request: Request, context: EngineCall) => Promise<Response> | Response,
  ) => unary(observers, handle);
  const find = ({ name, version }: { readonly name: string; readonly version: string }) =>
    findOipModel(engine, name, version);
  const handlers: GRPCInferenceServiceHandlers = {
    ServerLive: answering(() => ({ live: true })),
    ServerReady: answering(() => ({ ready: oip.isReady() })),
    ModelReady: answering(({ name, version }) => ({ ready: modelIsReady(engine, name, version) })),
    ServerMetadata: answering(() => ({ ...serverMetadata, extensions: [...serverMetadata.extensions] })),
    ModelMetadata: answering((request) => {
      const model = find(request);
      return metadataMessage(model, versionsOf(engine, model.name));
    }),
    ModelConfig: answering((request) => ({ config: configMessage(find(request)) })),
    ModelStatistics: answering((request) => ({
      modelStats: (request.name === '' ? oipModels(engine) : [find(request)]).map((model) =>
        statisticsMessage(model, oip),
      ),
    })),
    ModelInfer: answering(async (message, context) => {
      const request = readRequest(message);
      if (sequencePlace(request) && findOipModel(engine, request.model, request.version).modality === 'audio')
        throw new TriptychError('SEQUENCE_INVALID', 'a sequence comes over one call; use ModelStreamInfer', {
          field: 'parameters.sequence_id',
        });
      return answerMessage(await infer(oip, request, context));
    }),
    ModelStreamInfer: duplex(observers, (call, context) => streamInfer(oip, call, context)),
    RepositoryIndex: answering(({ ready }) => ({
      models: oipModels(engine)
        .filter((model) => !ready || isReady(model))
        .map(indexMessage),
    })),
    RepositoryModelLoad: answering(async (request, context) => {
      await loadModel(oip, repositoryRequest(request), context);
      return {};
    }),
    RepositoryModelUnload: answering(async (request) => {
      await unloadModel(oip, repositoryRequest(request));
      return {};
    }),
  };
  const api = loadPackageDefinition(loadInferencePackage()) as unknown as {
    inference: { GRPCInferenceService: { service: ServiceDefinition } };
  };
  return {
    name: NAME,
    definition: countBytes(leaveUnread(api.inference.GRPCInferenceService.service, rules), observers.metrics),
    handlers: handlers,
  };
}

function repositoryRequest({
  repositoryName,
  modelName,
  parameters,
}: RepositoryModelLoadRequest__Output): RepositoryRequest {
  return { repository: repositoryName, model: modelName, parameters: Object.keys(parameters) };
}
