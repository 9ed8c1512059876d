import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { HttpContext } from '../call.js';
import { callOf, type JsonBody } from '../json-body.js';
import { parseRequest } from '../json/parse-request.js';
import { classify, classifyRequest } from './classify.js';
import { embeddingMethods, embeddings, embeddingsRequest } from './embeddings.js';
import { getModel, listModels } from './models.js';
import type { V1Request } from './request.js';
import { rerank, rerankRequest } from './rerank.js';

const JSON_TYPE = 'application/json';

/** The routes that OpenAI's clients know, and others of their kind. */
export function v1Routes(app: FastifyInstance, { engine }: HttpContext): void {
  const post = <Request>(
    path: string,
    methods: readonly string[],
    body: z.ZodType<Request>,
    answer: (request: V1Request, parsed: Request) => Promise<object | Buffer>,
    modalities?: readonly string[],
  ) =>
    app.post(
      path,
      { config: { rule: { methods, ...(modalities ? { modalities } : {}) } } },
      async (request, reply) => {
        const { bytes, json } = takeBody(request);
        const call = callOf(request);
        // What is decoded of it counts, too.
        const held = call.arriving.complete(2 * bytes);
        const parsed = parseRequest(body, json, engine.limits.maxItems);
        const answered = await answer({ engine, call, bodyBytes: bytes, held }, parsed);
        return reply.type(JSON_TYPE).send(Buffer.isBuffer(answered) ? answered : JSON.stringify(answered));
      },
    );
  post('/v1/embeddings', embeddingMethods, embeddingsRequest, embeddings, ['text', 'image', 'audio']);
  post('/v1/rerank', ['/triptych.v1.CrossModal/Rank'], rerankRequest, rerank, []);
  post('/v1/classify', ['/triptych.v1.CrossModal/Classify'], classifyRequest, classify, ['text']);
  app.get('/v1/models', { config: { rule: { methods: ['/triptych.v1.Models/List'] } } }, () =>
    listModels(engine),
  );
  // Names of hubs have slashes.
  app.get<{ Params: { '*': string } }>(
    '/v1/models/*',
    { config: { rule: { methods: ['/triptych.v1.Models/Get'] } } },
    ({ params }) => getModel(engine, params['*']),
  );
}

/** A request's body, which the request keeps no longer. */
function takeBody(request: FastifyRequest): { bytes: number; json: JsonBody['json'] } {
  const { bytes, json } = request.body as JsonBody;
  request.body = undefined;
  return { bytes: bytes.length, json };
}
