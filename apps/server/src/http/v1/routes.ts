import type { FastifyInstance } from 'fastify';
import type { HttpContext } from '../call.js';
import { callOf } from '../json-body.js';
import { checkPosts, type Origins } from '../origins.js';
import { posted, servePosted } from '../posted-route.js';
import type { Route } from '../route.js';
import type { UrlFiles } from '../url/url-files.js';
import { classifyAnswer, embeddingsAnswer, modelAnswer, modelsAnswer, rerankAnswer } from './answers.js';
import { classify, classifyRequest } from './classify.js';
import { embeddingMethods, embeddings, embeddingsRequest } from './embeddings.js';
import { getModel, listModels } from './models.js';
import { readQuery, streamWindows } from './windows.js';
import { rerank, rerankRequest } from './rerank.js';
import { serveSpeech, speechRoutes } from './transcriptions.js';

const embeddingsRoute = posted({
  method: 'POST',
  path: '/v1/embeddings',
  summary: 'Vectors of texts, images or audio files.',
  rule: { methods: embeddingMethods, modalities: ['text', 'image', 'audio'] },
  body: embeddingsRequest,
  answer: embeddingsAnswer,
  handle: embeddings,
});
const rerankRoute = posted({
  method: 'POST',
  path: '/v1/rerank',
  summary: 'Documents of any modality by their cosine to a query of any.',
  rule: { methods: ['/triptych.v1.CrossModal/Rank'], modalities: [] },
  body: rerankRequest,
  answer: rerankAnswer,
  handle: rerank,
});
const classifyRoute = posted({
  method: 'POST',
  path: '/v1/classify',
  summary: 'The probability of each label for each input, without training.',
  rule: { methods: ['/triptych.v1.CrossModal/Classify'], modalities: ['text'] },
  body: classifyRequest,
  answer: classifyAnswer,
  handle: classify,
});
const listRoute: Route = {
  method: 'GET',
  path: '/v1/models',
  summary: 'The models that are served.',
  rule: { methods: ['/triptych.v1.Models/List'] },
  answer: modelsAnswer,
};
const modelRoute: Route = {
  method: 'GET',
  path: '/v1/models/{id}',
  // Names of hubs have slashes.
  pattern: '/v1/models/*',
  summary: 'One of them.',
  rule: { methods: ['/triptych.v1.Models/Get'] },
  answer: modelAnswer,
};

const windowsRoute: Route = {
  method: 'POST',
  path: '/v1/audio/windows',
  summary: 'The windows of an audio file, as server-sent events while it is uploaded.',
  rule: { methods: ['/triptych.v1.AudioEncoder/EncodeStream'], modalities: ['audio'] },
  answer: 'text/event-stream',
};

export const v1: readonly Route[] = [
  embeddingsRoute,
  rerankRoute,
  classifyRoute,
  ...speechRoutes,
  windowsRoute,
  listRoute,
  modelRoute,
];

/** The routes that OpenAI's clients know, and others of their kind. */
export function v1Routes(
  app: FastifyInstance,
  context: HttpContext,
  urlFiles: UrlFiles,
  origins: Origins,
): void {
  const { engine } = context;
  void app.register(async (scope) => {
    checkPosts(scope, origins);
    // Its bytes say what it is, and are read as they come.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null));
    scope.post(windowsRoute.path, { config: { rule: windowsRoute.rule } }, async (request, reply) => {
      await streamWindows(engine, callOf(request), request.raw, reply, readQuery(request.query));
    });
  });
  void app.register(async (scope) => {
    checkPosts(scope, origins);
    serveSpeech(scope, context);
  });
  servePosted(app, context, urlFiles, embeddingsRoute);
  servePosted(app, context, urlFiles, rerankRoute);
  servePosted(app, context, urlFiles, classifyRoute);
  app.get(listRoute.path, { config: { rule: listRoute.rule } }, () => listModels(engine));
  app.get<{ Params: { '*': string } }>('/v1/models/*', { config: { rule: modelRoute.rule } }, ({ params }) =>
    getModel(engine, params['*']),
  );
}
