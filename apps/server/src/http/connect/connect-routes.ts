import { type DescMethod, fromBinary, type MessageShape, toBinary } from '@bufbuild/protobuf';
import {
  ConnectError,
  createConnectRouter,
  createContextKey,
  createContextValues,
  type HandlerContext,
} from '@connectrpc/connect';
import type { UniversalHandler } from '@connectrpc/connect/protocol';
import { TriptychError } from '@triptych/core';
import type { HeldBytes } from '@triptych/engine';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { DETAILS_KEY, toStatus } from '../../grpc/status.js';
import type { WireMethod } from '../../grpc/wire-methods.js';
import type { HttpCall, HttpContext } from '../call.js';
import { apiRegistry, methodOf } from '../descriptors.js';
import { callOf } from '../json-body.js';
import { readJson } from '../json/read-json.js';
import { readBody } from '../read-body.js';
import { HttpError } from '../status.js';

interface ConnectCall extends HttpCall {
  readonly bodyBytes: number;
  /** Its message, where that came in protobuf. */
  readonly message: Buffer | undefined;
  /** The library has read its message, and asked for its answer. */
  isRead: boolean;
}
const callKey = createContextKey<ConnectCall | undefined>(undefined);

/**
 * Connect and gRPC-Web for the unary methods of `triptych.v1`, at the paths that gRPC has them at, by Connect's own library. Messages
 * pass it as bytes: the handlers are gRPC's. Its streams go both ways, which browsers have no request for: they are WebSockets.
 */
export function connectRoutes(
  app: FastifyInstance,
  context: HttpContext,
  methods: ReadonlyMap<string, WireMethod>,
): void {
  const router = createConnectRouter({
    grpc: false,
    acceptCompression: [],
    readMaxBytes: context.maxBodyBytes,
  });
  const byPath = [...methods.values()].filter(({ isStream }) => !isStream);
  for (const method of byPath) router.rpc(methodOf(method.path), implementation(method) as never);
  const handlers = new Map(router.handlers.map((handler) => [handler.requestPath, handler]));
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (request: FastifyRequest) =>
    readBody(request.raw, callOf(request), context.maxBodyBytes),
  );
  for (const { path, isStream } of methods.values())
    if (isStream)
      app.post(path, { config: { rule: { methods: [path] } } }, () => {
        throw new HttpError(
          405,
          `${path} is a stream both ways: open a WebSocket here, or call it over gRPC`,
          {
            allow: 'GET',
          },
        );
      });
  for (const method of byPath) {
    const { path } = method;
    const handler = handlers.get(path);
    if (!handler) throw new TriptychError('INTERNAL', `${path} has no handler of Connect`);
    app.post(path, { config: { rule: { methods: [path] } } }, (request, reply) =>
      handle(handler, method, request, reply),
    );
  }
}

/** What a method is to the library: messages that it has read, answered by gRPC's handler. */
function implementation({ path, receive, answer }: WireMethod) {
  const { input, output } = methodOf(path);
  return async (request: MessageShape<DescMethod['input']>, { values }: HandlerContext) => {
    const call = values.get(callKey);
    if (!call) throw new TriptychError('INTERNAL', 'a call of Connect came without what it is');
    call.isRead = true;
    try {
      const bytes = call.message ?? Buffer.from(toBinary(input, request));
      const message = receive(bytes, () => uncounted);
      return fromBinary(output, await answer(message, call.engineCall(call.bodyBytes)));
    } catch (thrown) {
      throw failure(call, thrown);
    }
  };
}

/** The body that it came in is counted as it is. */
const uncounted: HeldBytes = { leave: () => undefined, keep: () => () => undefined };

/** As Connect says it: with the details that gRPC's trailers have. */
function failure({ observed }: ConnectCall, thrown: unknown): ConnectError {
  const error = observed.failed(thrown);
  const { code, details, metadata } = toStatus(error, observed.requestId);
  const connectError = new ConnectError(details, code as number);
  const [encoded] = metadata.get(DETAILS_KEY);
  const status = apiRegistry().getMessage('google.rpc.Status');
  if (encoded instanceof Buffer && status) {
    const { details: any } = fromBinary(status, encoded) as unknown as {
      details: readonly { typeUrl: string; value: Uint8Array }[];
    };
    connectError.details = any.map(({ typeUrl, value }) => ({
      type: typeUrl.slice(typeUrl.lastIndexOf('/') + 1),
      value,
    }));
  }
  return connectError;
}

async function handle(
  handler: UniversalHandler,
  method: WireMethod,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const call = callOf(request);
  const body = (request.body as Buffer | undefined) ?? Buffer.alloc(0);
  request.body = undefined;
  // The library reads types in any case: the same is checked that it reads.
  const type = (request.headers['content-type'] ?? '').toLowerCase();
  checkBody(type, body, method);
  const header = new Headers();
  for (const [name, value] of Object.entries(request.headers))
    if (value !== undefined) header.set(name, Array.isArray(value) ? value.join(', ') : value);
  header.set('content-type', type);
  const { message, envelope } = split(type, body);
  header.set('content-length', String(envelope.length));
  const connectCall = { ...call, bodyBytes: body.length, message, isRead: false };
  const answer = await handler({
    httpVersion: '1.1',
    url: `http://localhost${request.url}`,
    method: 'POST',
    header,
    body: (async function* () {
      yield envelope;
    })(),
    signal: call.signal,
    contextValues: createContextValues().set(callKey, connectCall),
  });
  // The library calls it a fault of ours.
  if (!connectCall.isRead) throw unread(answer.status, method);
  const parts: Uint8Array[] = [];
  for await (const part of answer.body ?? []) parts.push(part);
  for (const [name, value] of answer.header ?? []) reply.header(name, value);
  return reply.code(answer.status).send(Buffer.concat(parts));
}

/**
 * A message in protobuf, and what the library gets in the place of the body: it would copy a message of many megabytes again and again
 * without a pause, to hand it on as it was. So it reads an empty one in the same envelope. JSON, and what is none of its envelopes, it gets as it came.
 */
function split(type: string, body: Buffer): { message: Buffer | undefined; envelope: Buffer } {
  if (type === 'application/proto') return { message: body, envelope: Buffer.alloc(0) };
  const isWhole =
    /^application\/grpc-web(\+proto)?$/.test(type) &&
    body.length >= ENVELOPE_BYTES &&
    body[0] === 0 &&
    body.readUInt32BE(1) === body.length - ENVELOPE_BYTES;
  return isWhole
    ? { message: body.subarray(ENVELOPE_BYTES), envelope: Buffer.alloc(ENVELOPE_BYTES) }
    : { message: undefined, envelope: body };
}

function unread(status: number, { path }: WireMethod): TriptychError {
  if (status === 415)
    return new HttpError(
      415,
      'a type of neither Connect nor gRPC-Web; expected application/json or application/proto',
    );
  return new TriptychError('MESSAGE_MALFORMED', `the body is no message of ${path}`);
}

/** What a body of JSON may have at most: it is read at once, on the event loop. */
const MOST_JSON_BYTES = 1024 * 1024;
/** Before a message in gRPC-Web: its flags and its length. */
const ENVELOPE_BYTES = 5;

/** Counts what a body holds before objects are made of it. Throws BATCH_TOO_LARGE, MESSAGE_TOO_LARGE or MESSAGE_MALFORMED. */
function checkBody(type: string, body: Buffer, { check }: WireMethod): void {
  if (/json/.test(type)) {
    if (body.length > MOST_JSON_BYTES)
      throw new TriptychError(
        'MESSAGE_TOO_LARGE',
        `${body.length} bytes of JSON; expected at most ${MOST_JSON_BYTES}, or protobuf`,
      );
    const isEnveloped = type.includes('grpc-web');
    readJson(isEnveloped ? body.subarray(ENVELOPE_BYTES) : body);
  } else check(type.includes('grpc-web') ? body.subarray(ENVELOPE_BYTES) : body);
}
