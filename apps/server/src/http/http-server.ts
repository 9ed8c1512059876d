import {
  createServer as createPlainServer,
  type RequestListener,
  type Server as PlainServer,
  type ServerOptions,
} from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, TriptychError } from '@triptych/core';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { REQUEST_ID } from '../calls/observe-call.js';
import type { Door } from '../calls/shut-down.js';
import { listenProblem, splitAddress } from '../preflight/listen-problem.js';
import type { SecureServers } from '../security/transport.js';
import { captionsRoute } from './captions.js';
import { answerClientError } from './client-error.js';
import {
  answerStream,
  type HttpCall,
  type HttpContext,
  letIn,
  observeRequest,
  type RouteRule,
  SlowedRefusal,
} from './call.js';
import { failureAnswer, styleOf } from './failure.js';
import { callOf, type JsonBody } from './json-body.js';
import { linger } from './linger.js';
import { readJson } from './json/read-json.js';
import type { HttpOptions } from './options.js';
import { Origins } from './origins.js';
import { connectRoutes } from './connect/connect-routes.js';
import { serveWebSockets } from './websocket/websockets.js';
import { wireMethods } from '../grpc/wire-methods.js';
import { openApiRoutes } from './openapi/routes.js';
import { servePosted } from './posted-route.js';
import { probeRoutes, probes } from './probes.js';
import { readBody } from './read-body.js';
import { HttpError } from './status.js';
import { UrlFiles } from './url/url-files.js';
import { v1, v1Routes } from './v1/routes.js';
import { v2, v2Routes } from './v2/routes.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Undefined: a route that anybody may ask. */
    readonly rule?: Omit<RouteRule, 'route'> | undefined;
  }
  interface FastifyRequest {
    call: HttpCall | null;
  }
}

/** Requests of one connection that may be under way at a time. */
const MOST_PIPELINED = 16;
const SECOND_MS = 1000;
/** How often a server that ends looks for connections that have become idle. */
const LOOK_MS = 100;

const api = {
  title: 'Triptych',
  version: 'v1',
  description: 'Audio, images and texts in, float32 embeddings out. The whole API is triptych.v1 over gRPC.',
};

/** A server for HTTP/1.1, and where it listens. */
export interface HttpServer {
  readonly address: string;
  readonly door: Door;
}

/** What is known of a server once it has begun to end. */
interface Draining {
  isDraining: boolean;
}

/** Serves HTTP on `config.http`. Throws CONFIG_INVALID where it cannot listen there. */
export async function serveHttp(options: HttpOptions): Promise<HttpServer> {
  const { engine, control, gate, hearers, config, oip } = options;
  const context: HttpContext = {
    engine,
    gate,
    hearers,
    maxPipelined: MOST_PIPELINED,
    maxBodyBytes: config.maxMessageBytes,
    modelControl: config.modelControl,
  };
  const state: Draining = { isDraining: false };
  const origins = new Origins(config.httpOrigins);
  const { server, app } = createApp(context, options, origins, state);
  const cut = gate.connections.follow(server);
  await app.register(async (scope) => probeRoutes(scope, options));
  const urlFiles = new UrlFiles(config, engine.admission);
  await app.register(async (scope) => v1Routes(scope, context, urlFiles, origins));
  await app.register(async (scope) => servePosted(scope, context, urlFiles, captionsRoute));
  await app.register(async (scope) => v2Routes(scope, context, oip, origins));
  await app.register(async (scope) => openApiRoutes(scope, api, [...v1, captionsRoute, ...v2, ...probes]));
  const methods = wireMethods(engine, control, {
    ...hearers,
    calls: gate.calls,
    admission: engine.admission,
  });
  await app.register(async (scope) => connectRoutes(scope, context, methods));
  const endWebSockets = serveWebSockets(server, context, {
    methods,
    origins,
    keepaliveMs: config.keepaliveMs,
    isDraining: () => state.isDraining,
  });
  const { host, port } = splitAddress(config.http);
  try {
    const bound = new URL(await app.listen({ host, port, backlog: 1024 }));
    return {
      address: `${host.includes(':') ? `[${host}]` : host}:${bound.port || port}`,
      door: doorOf(app, server, state, () => {
        endWebSockets();
        cut();
      }),
    };
  } catch (cause) {
    const problem =
      (await listenProblem(config.http)) ?? `cannot listen on ${config.http}: ${messageOf(cause)}`;
    throw new TriptychError('CONFIG_INVALID', problem, { cause });
  }
}

function createApp(
  context: HttpContext,
  { config, secure }: HttpOptions,
  origins: Origins,
  state: Draining,
): { server: PlainServer; app: FastifyInstance } {
  const settings = {
    // A body may take its time (see `--idle-ms`), headers may not.
    headersTimeout: 10 * SECOND_MS,
    requestTimeout: 0,
    keepAliveTimeout: 65 * SECOND_MS,
    connectionsCheckingInterval: 2 * SECOND_MS,
    maxHeaderSize: config.maxMetadataBytes,
  };
  let server = undefined as unknown as PlainServer;
  const app = fastify({
    serverFactory: (handler) => {
      server = secure ? secured(secure, settings, handler) : createPlainServer(settings, handler);
      server.maxHeadersCount = 128;
      server.on('clientError', answerClientError);
      return server;
    },
    bodyLimit: config.maxMessageBytes,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    routerOptions: { maxParamLength: 512 },
    frameworkErrors: (error, request, reply) => void fail(context, request, reply, error),
  });
  app.decorateRequest('call', null);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', async (request: FastifyRequest) => {
    const bytes = await readBody(request.raw, callOf(request), config.maxMessageBytes);
    context.hearers.metrics.message(request.routeOptions.url ?? '', 'received', bytes.length);
    return { bytes, json: readJson(bytes) } satisfies JsonBody;
  });
  app.addHook('onRequest', async (request, reply) => {
    linger(request.raw, reply.raw);
    reply.headers(origins.headers(request.headers));
    if (request.method === 'OPTIONS')
      return reply.code(204).headers(origins.preflight(request.headers)).send();
    // Its body is not read.
    if (request.is404) return fail(context, request, reply, notFound(app, request));
    const { rule } = request.routeOptions.config;
    if (!rule) return;
    const route = request.routeOptions.url ?? '';
    const observed = observeRequest(context, request.raw, route);
    reply.header(REQUEST_ID, observed.requestId);
    try {
      if (state.isDraining) throw draining();
      request.call = letIn(context, request.raw, answerStream(reply.raw, request.raw.socket), observed, {
        ...rule,
        route,
      });
    } catch (thrown) {
      if (thrown instanceof SlowedRefusal) await sleep(thrown.slowedMs, undefined, { ref: false });
      return answerFailure(request, reply, observed.failed(thrown), observed.requestId);
    }
  });
  app.addHook('onSend', async (request, reply, payload) => {
    if (state.isDraining) reply.header('connection', 'close');
    // Answers of ours are whole, text or bytes.
    const bytes = typeof payload === 'string' || Buffer.isBuffer(payload) ? Buffer.byteLength(payload) : 0;
    if (request.call) context.hearers.metrics.message(request.routeOptions.url ?? '', 'sent', bytes);
    if (reply.statusCode < 400) request.call?.observed.succeeded();
    else request.call?.observed.failed(new TriptychError('MESSAGE_MALFORMED', 'no request of its protocol'));
    return payload;
  });
  app.setErrorHandler((error, request, reply) => fail(context, request, reply, error));
  return { server, app };
}

function fail(
  context: HttpContext,
  request: FastifyRequest,
  reply: FastifyReply,
  thrown: unknown,
): FastifyReply {
  const observed = request.call?.observed ?? observeRequest(context, request.raw);
  const error = observed.failed(knownError(thrown));
  return answerFailure(request, reply, error, observed.requestId);
}

function answerFailure(
  { url, headers: asked }: FastifyRequest,
  reply: FastifyReply,
  error: TriptychError,
  requestId: string,
): FastifyReply {
  const style = styleOf(url, asked['content-type']);
  const { status, headers, body } = failureAnswer(error, style, requestId);
  return reply
    .code(status)
    .headers({ ...headers, [REQUEST_ID]: requestId })
    .send(body);
}

function secured(
  { options, follow }: SecureServers,
  settings: ServerOptions,
  handler: RequestListener,
): PlainServer {
  const server = createSecureServer({ ...settings, ...options }, handler);
  follow(server);
  return server;
}

/** What Fastify itself refuses has a status of its own. */
function knownError(thrown: unknown): TriptychError {
  const { statusCode, code } = thrown as { statusCode?: number; code?: string };
  if (thrown instanceof TriptychError) return thrown;
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE')
    return new HttpError(
      415,
      'the body is of another type than this route reads; expected content-type: application/json',
      {
        'accept-post': 'application/json',
      },
    );
  if (statusCode !== undefined && statusCode < 500)
    return new TriptychError('MESSAGE_MALFORMED', messageOf(thrown), { cause: thrown });
  return TriptychError.from(thrown);
}

function notFound(app: FastifyInstance, { url, method }: FastifyRequest): HttpError {
  const path = url.split('?', 1)[0];
  const allowed = (['GET', 'POST'] as const).filter((one) => app.hasRoute({ method: one, url: path }));
  if (allowed.length > 0 && path.length < 64)
    return new HttpError(405, `${path} takes ${allowed.join(' and ')}, not ${method}`, {
      allow: allowed.join(', '),
    });
  return new HttpError(404, `there is no ${path}; /openapi.json describes what there is`);
}

function draining(): TriptychError {
  return new TriptychError('DRAINING', 'the server is shutting down; ask again to reach another');
}

function doorOf(app: FastifyInstance, server: PlainServer, state: Draining, cut: () => void): Door {
  return {
    close: async () => {
      state.isDraining = true;
      // Node closes those that are idle now, not those that become so.
      const looking = setInterval(() => server.closeIdleConnections(), LOOK_MS);
      await app.close();
      clearInterval(looking);
    },
    cut,
  };
}
