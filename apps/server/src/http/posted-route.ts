import { TriptychError } from '@triptych/core';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { HttpContext } from './call.js';
import { callOf, type JsonBody } from './json-body.js';
import { parseRequest } from './json/parse-request.js';
import { paced } from './pace.js';
import type { PostedRequest } from './posted-request.js';
import type { Route } from './route.js';
import type { UrlFiles } from './url/url-files.js';

const JSON_TYPE = 'application/json';

/** A route that takes JSON and answers JSON. */
export interface PostedRoute<Body> extends Route {
  readonly body: z.ZodType<Body>;
  readonly handle: (request: PostedRequest, body: Body) => Promise<object | Buffer>;
}

/** Keeps what a schema reads and what a handler takes together. */
export const posted = <Body>(route: PostedRoute<Body>): PostedRoute<Body> => route;

/** Serves such a route. */
export function servePosted<Body>(
  app: FastifyInstance,
  { engine }: Pick<HttpContext, 'engine'>,
  urlFiles: UrlFiles,
  { path, rule, body, handle }: PostedRoute<Body>,
): void {
  app.post(path, { config: { rule } }, async (request, reply) => {
    const { bytes, json } = takeBody(request);
    const call = callOf(request);
    // What is decoded of it counts, too.
    const heldBody = call.arriving.complete(2 * bytes);
    const files = urlFiles.of(call);
    const leave = () => {
      heldBody.leave();
      files.leave();
    };
    const parsed = parseRequest(body, json, engine.limits.maxItems);
    const reader = { pause: paced(), fetch: (url: string, accept: string) => files.fetch(url, accept) };
    const answer = await handle({ engine, call, bodyBytes: bytes, reader, held: { leave } }, parsed);
    return reply.type(JSON_TYPE).send(Buffer.isBuffer(answer) ? answer : JSON.stringify(answer));
  });
}

/** A request's body, which the request keeps no longer. */
function takeBody(request: FastifyRequest): { bytes: number; json: JsonBody['json'] } {
  const body = request.body as JsonBody | undefined;
  if (!body) throw new TriptychError('MESSAGE_MALFORMED', 'the request has no body; expected JSON');
  const { bytes, json } = body;
  request.body = undefined;
  return { bytes: bytes.length, json };
}
