import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { abortError, TriptychError } from '@triptych/core';
import { type WebSocket, WebSocketServer } from 'ws';
import type { WireMethod, WireStream } from '../../grpc/wire-methods.js';
import { toItemError } from '../../grpc/status.js';
import {
  answerStream,
  type HttpCall,
  type HttpContext,
  letIn,
  observeRequest,
  SlowedRefusal,
} from '../call.js';
import { failureAnswer } from '../failure.js';
import type { Origins } from '../origins.js';
import { HttpError } from '../status.js';
import { followFrames } from './follow-frames.js';
import { jsonFrames } from './json-frames.js';
import { Keepalive } from './keepalive.js';
import { type FrameCodec, MessageStream } from './message-stream.js';

/** Protocols of frames, as a client asks for them: text frames of JSON, or binary ones of protobuf. */
const PROTOCOLS = ['triptych.v1.json', 'triptych.v1.proto'];
/**
 * How a page says its token, which it has no header for: a protocol `bearer.TOKEN`, or `bearer64.` and its base64url where it has
 * characters that protocols have not.
 */
const BEARER = 'bearer.';
const ENCODED_BEARER = 'bearer64.';
const NORMAL = 1000;

export interface WebSocketOptions {
  readonly methods: ReadonlyMap<string, WireMethod>;
  readonly origins: Origins;
  /** How often a client is asked whether it is still there. */
  readonly keepaliveMs: number;
  readonly isDraining: () => boolean;
}

/**
 * Streams of gRPC as WebSockets, at the path of their method: its messages are frames. Returns what ends them all with the server.
 */
export function serveWebSockets(server: Server, context: HttpContext, options: WebSocketOptions): () => void {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: context.maxBodyBytes,
    perMessageDeflate: false,
    handleProtocols: (asked) => PROTOCOLS.find((one) => asked.has(one)) ?? false,
  });
  const keepalive = new Keepalive(options.keepaliveMs);
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // What breaks before there is a WebSocket.
    socket.on('error', () => socket.destroy());
    const path = (request.url ?? '').split('?', 1)[0];
    const method = options.methods.get(path);
    const observed = observeRequest(context, request, method?.isStream ? path : undefined);
    const refuse = (thrown: unknown) => {
      const answer = failureAnswer(observed.failed(thrown), 'problem', observed.requestId);
      const delay = thrown instanceof SlowedRefusal ? thrown.slowedMs : 0;
      setTimeout(() => refuseUpgrade(socket, answer), delay).unref();
    };
    try {
      if (!method?.isStream)
        throw new HttpError(404, `there is no stream at ${path}; methods that are have one`);
      if (options.isDraining())
        throw new TriptychError('DRAINING', 'the server is shutting down; connect again to reach another');
      options.origins.check(request.headers);
      const rule = { route: path, methods: [path], isStream: true, authorization: bearerOf(request) };
      const call = letIn(context, request, answerStream(socket, socket), observed, rule);
      // `ws` refuses a handshake by itself, and tells nobody.
      const notOpened = () => void call.observed.failed(abortError(call.signal));
      call.signal.addEventListener('abort', notOpened);
      if (call.signal.aborted) notOpened();
      sockets.handleUpgrade(request, request.socket, head, (opened) => {
        call.signal.removeEventListener('abort', notOpened);
        keepalive.follow(opened, request.socket);
        void serve(opened, request.socket, method, call);
      });
    } catch (thrown) {
      refuse(thrown);
    }
  });
  return () => {
    keepalive.close();
    for (const socket of sockets.clients) socket.terminate();
  };
}

/** Runs a stream, and tells how it ended: with a frame of JSON that holds the error, and a code. */
async function serve(
  socket: WebSocket,
  connection: Socket,
  method: WireMethod,
  call: HttpCall,
): Promise<void> {
  const { observed, open, signal } = call;
  open.isHandled = true;
  const stream = new MessageStream(socket, codecOf(socket.protocol, method, call));
  followFrames(connection, socket, stream, call);
  try {
    await method.run(stream as unknown as WireStream, call.engineCall());
    observed.succeeded();
    stream.close(NORMAL);
  } catch (thrown) {
    // The stream breaks where a frame cannot be read, or its call is ended: that is what went wrong.
    const cause =
      signal.aborted && signal.reason instanceof TriptychError ? signal.reason : (stream.broken ?? thrown);
    const error = observed.failed(cause);
    if (socket.readyState !== socket.OPEN) return;
    socket.send(JSON.stringify({ error: toItemError(error) }));
    stream.close(closeCode(error), error.reason);
  }
}

function codecOf(protocol: string, method: WireMethod, { arriving, open }: HttpCall): FrameCodec {
  const json = jsonFrames(method.path);
  const isJson = protocol !== PROTOCOLS[1];
  const active = () => {
    if (open.active !== Infinity) open.active = performance.now();
  };
  return {
    read: (frame, isBinary) => {
      active();
      return method.receive(isBinary ? frame : json.read(frame), (bytes) => arriving.complete(bytes));
    },
    write: (message) => {
      active();
      open.sent++;
      const bytes = method.write(message);
      return isJson ? json.write(bytes) : bytes;
    },
  };
}

/** RFC 6455's code for a failure: try again later, a fault of ours, or against what is allowed. */
function closeCode({ code, retryable }: TriptychError): number {
  if (retryable) return 1013;
  return code === 'internal' ? 1011 : 1008;
}

function bearerOf({ headers }: IncomingMessage): string | undefined {
  const asked = (headers['sec-websocket-protocol'] ?? '').split(',').map((one) => one.trim());
  const bearer = asked.find((one) => one.startsWith(BEARER) || one.startsWith(ENCODED_BEARER));
  if (bearer === undefined) return undefined;
  if (bearer.startsWith(BEARER)) return `Bearer ${bearer.slice(BEARER.length)}`;
  return `Bearer ${Buffer.from(bearer.slice(ENCODED_BEARER.length), 'base64url').toString()}`;
}

function refuseUpgrade(socket: Duplex, { status, headers, body }: ReturnType<typeof failureAnswer>): void {
  const lines = Object.entries({
    ...headers,
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${head}\r\n${body}`);
  setTimeout(() => socket.destroy(), 1000).unref();
}
