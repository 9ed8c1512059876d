import { TriptychError } from '@triptych/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { metadataMessage } from '../../oip/grpc/describe-model.js';
import { indexMessage } from '../../oip/grpc/index-message.js';
import { infer } from '../../oip/infer/infer.js';
import { sequencePlace } from '../../oip/live/sequence-id.js';
import {
  findOipModel,
  isReady,
  offeredOipModel,
  type OipModel,
  oipModels,
  versionsOf,
} from '../../oip/models/oip-model.js';
import { loadModel, unloadModel } from '../../oip/models/repository.js';
import { serverMetadata } from '../../oip/models/server-metadata.js';
import type { OpenInference } from '../../oip/open-inference.js';
import type { HttpContext } from '../call.js';
import { callOf } from '../json-body.js';
import { parseRequest } from '../json/parse-request.js';
import { readJson } from '../json/read-json.js';
import { checkPosts, type Origins } from '../origins.js';
import { paced } from '../pace.js';
import { readBody } from '../read-body.js';
import type { Route } from '../route.js';
import { configJson, statisticsJson } from './describe.js';
import { writeInferAnswer } from './infer-answer.js';
import { inferRequest, readInferRequest } from './infer-request.js';

const HEAD_LENGTH = 'inference-header-content-length';
const rule = (method: string) => ({ methods: [`/inference.GRPCInferenceService/${method}`] });
const get = (path: string, summary: string, method: string): Route => ({
  method: 'GET',
  path,
  summary,
  rule: rule(method),
  answer: z.looseObject({}),
});

/** Answered by its status. Without a rule, whoever can connect may ask. */
const probe = (path: string, summary: string, rule?: Route['rule']): Route => ({
  method: 'GET',
  path,
  summary,
  rule,
  answer: undefined,
});

const repository = (what: 'load' | 'unload', method: string) =>
  ({
    method: 'POST',
    path: `/v2/repository/models/{model}/${what}`,
    summary: `Has a model ${what}ed, where the server lets models be changed.`,
    rule: rule(method),
    body: repositoryRequest,
    isBodyOptional: true,
    answer: z.strictObject({}),
  }) satisfies Route;

const repositoryRequest = z.object({
  parameters: z
    .record(z.string(), z.unknown(), { error: 'expected a mapping of names to values' })
    .optional(),
});
const indexRequest = z.object({ ready: z.boolean({ error: 'expected true or false' }).optional() });

const routes = {
  metadata: get('/v2', 'The server, and the extensions that it has.', 'ServerMetadata'),
  live: probe('/v2/health/live', '200 while the server runs.'),
  ready: probe('/v2/health/ready', '200 while all models can answer, otherwise 503.'),
  statistics: get('/v2/models/stats', 'Statistics of all models.', 'ModelStatistics'),
  model: get('/v2/models/{model}', 'Inputs and outputs of a model.', 'ModelMetadata'),
  modelReady: probe(
    '/v2/models/{model}/ready',
    '200 while it can answer, otherwise 503; 404 where there is none.',
    rule('ModelReady'),
  ),
  config: get('/v2/models/{model}/config', 'Its configuration.', 'ModelConfig'),
  modelStatistics: get('/v2/models/{model}/stats', 'Its statistics.', 'ModelStatistics'),
  index: {
    method: 'POST',
    path: '/v2/repository/index',
    summary: 'The models that are known, and their states.',
    rule: rule('RepositoryIndex'),
    body: indexRequest,
    isBodyOptional: true,
    answer: z.array(z.looseObject({ name: z.string(), version: z.string(), state: z.string() })),
  },
  load: repository('load', 'RepositoryModelLoad'),
  unload: repository('unload', 'RepositoryModelUnload'),
  infer: {
    method: 'POST',
    path: '/v2/models/{model}/infer',
    summary: 'Vectors of the items of one input, in JSON or with the binary extension.',
    rule: rule('ModelInfer'),
    body: inferRequest,
    answer: z.looseObject({ outputs: z.array(z.looseObject({ name: z.string() })) }),
  },
} satisfies Record<string, Route>;

export const v2: readonly Route[] = Object.values(routes);

interface OfModel {
  readonly Params: { readonly model: string; readonly version?: string };
}

/** The Open Inference Protocol as REST, with Triton's extensions: see docs/open-inference.md. */
export function v2Routes(
  app: FastifyInstance,
  context: HttpContext,
  oip: OpenInference,
  origins: Origins,
): void {
  const { engine } = oip;
  // Bodies of any type are read: browsers send a page's plain text to any server without asking it.
  checkPosts(app, origins);
  // Its clients say nothing of the type of their bodies.
  app.addContentTypeParser('*', (request: FastifyRequest) => {
    const call = callOf(request);
    return readBody(request.raw, call, context.maxBodyBytes);
  });
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser('application/json', (request: FastifyRequest) =>
    readBody(request.raw, callOf(request), context.maxBodyBytes),
  );
  const at = (route: Route, answer: (reply: FastifyReply) => object) =>
    app.get(route.path, { config: { rule: route.rule } }, (_request, reply) => answer(reply));
  const ready = (reply: FastifyReply, isIt: boolean) => reply.code(isIt ? 200 : 503).send();
  at(routes.metadata, () => serverMetadata);
  at(routes.live, (reply) => ready(reply, true));
  at(routes.ready, (reply) => ready(reply, oip.isReady()));
  at(routes.statistics, () => statisticsJson(oipModels(engine), oip));
  /** Of a model, or of one of its versions. */
  const atModel = (route: Route, answer: (model: OipModel) => object) => {
    for (const path of pathsOf(route))
      app.get<OfModel>(path, { config: { rule: route.rule } }, ({ params: { model, version } }) =>
        answer(findOipModel(engine, model, version)),
      );
  };
  atModel(routes.model, (model) => metadataMessage(model, versionsOf(engine, model.name)));
  atModel(routes.config, configJson);
  atModel(routes.modelStatistics, (model) => statisticsJson([model], oip));
  for (const path of pathsOf(routes.modelReady))
    app.get<OfModel>(path, { config: { rule: routes.modelReady.rule } }, (request, reply) => {
      const { model, version = '' } = request.params;
      const found = offeredOipModel(engine, model, version);
      // Whatever it says, it is an answer, as in gRPC.
      callOf(request).observed.succeeded();
      return found ? ready(reply, isReady(found)) : reply.code(404).send();
    });
  app.post(routes.index.path, { config: { rule: routes.index.rule } }, ({ body }) => {
    const bytes = body as Buffer | undefined;
    const wanted = bytes?.length ? parseRequest(indexRequest, readJson(bytes), Infinity) : {};
    return oipModels(engine)
      .filter((model) => !wanted.ready || isReady(model))
      .map(indexMessage);
  });
  const change = (route: typeof routes.load, work: typeof loadModel) =>
    app.post<OfModel>(
      route.path.replace('{model}', ':model'),
      { config: { rule: route.rule } },
      async (request) => {
        const bytes = request.body as Buffer | undefined;
        const { parameters = {} } = bytes?.length
          ? parseRequest(repositoryRequest, readJson(bytes), Infinity)
          : {};
        const { model } = request.params;
        const wanted = { repository: '', model, parameters: Object.keys(parameters) };
        await work(oip, wanted, callOf(request).engineCall());
        return {};
      },
    );
  change(routes.load, loadModel);
  change(routes.unload, unloadModel);
  for (const path of pathsOf(routes.infer))
    app.post<OfModel>(path, { config: { rule: routes.infer.rule } }, async (request, reply) => {
      const { body, headBytes } = await answerInfer(oip, request);
      if (headBytes === undefined) return reply.type('application/json').send(body);
      return reply.type('application/octet-stream').header(HEAD_LENGTH, headBytes).send(body);
    });
}

function pathsOf({ path }: Route): string[] {
  const plain = path.replace('{model}', ':model');
  return [plain, plain.replace(':model', ':model/versions/:version')];
}

async function answerInfer(oip: OpenInference, request: FastifyRequest<OfModel>) {
  const { model, version = '' } = request.params;
  const call = callOf(request);
  const body = (request.body as Buffer | undefined) ?? Buffer.alloc(0);
  request.body = undefined;
  const given = request.headers[HEAD_LENGTH];
  const headBytes = given === undefined ? undefined : Number(given);
  const held = call.arriving.complete(body.length);
  const read = readInferRequest(body, headBytes, { model, version });
  if (sequencePlace(read.request) && findOipModel(oip.engine, model, version).modality === 'audio')
    throw new TriptychError('SEQUENCE_INVALID', 'a sequence comes over one call of gRPC: ModelStreamInfer', {
      field: 'parameters.sequence_id',
    });
  held.leave();
  const answer = await infer(oip, read.request, call.engineCall(body.length));
  return writeInferAnswer(answer, read.isBinary, paced());
}
