import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex, Writable } from 'node:stream';
import { clientGone, StreamFlow, TriptychError } from '@triptych/core';
import type { Arriving, Engine, EngineCall } from '@triptych/engine';
import { type Connection, connectionOf, principalOf } from '../calls/connection.js';
import type { Gate } from '../calls/gate.js';
import { type CallHearers, observeCall, type ObservedCall } from '../calls/observe-call.js';
import type { CallStream, OpenCall } from '../calls/open-calls.js';

import { checkAdministrative } from '../security/administrative.js';

/** What requests are let in by, and who hears of them. */
export interface HttpContext {
  readonly engine: Engine;
  readonly gate: Gate;
  readonly hearers: CallHearers;
  /** Requests of one connection that may be under way at a time: HTTP/1.1 lets a client send them ahead. */
  readonly maxPipelined: number;
  readonly maxBodyBytes: number;
  /** Whether callers may change what is served. */
  readonly modelControl: boolean;
}

/** What a route is to those who let its calls in. */
export interface RouteRule {
  /** As it was declared: `/v1/embeddings`. */
  readonly route: string;
  /** Methods of gRPC that it stands for: a token that may call one of them is let in, and asked again once it is known which. */
  readonly methods: readonly string[];
  /** What its items are, where that is known of all of them: an overloaded server refuses them before it reads them. */
  readonly modalities?: readonly string[];
  /** In the place of the header's: browsers send none with a WebSocket. */
  readonly authorization?: string | undefined;
  /** It is a stream, which has turns of its own; otherwise one of its connection's requests. */
  readonly isStream?: boolean;
}

/** A request that is being answered. */
export interface HttpCall {
  readonly observed: ObservedCall;
  readonly signal: AbortSignal;
  readonly arriving: Arriving;
  readonly open: OpenCall;
  /** Throws METHOD_DENIED where the caller may not call this method of gRPC. */
  readonly authorize: (method: string) => void;
  /** What the engine is told of it. */
  readonly engineCall: (messageBytes?: number) => EngineCall;
}

/** A refusal that is held back: see `GuessLimit`. */
export class SlowedRefusal extends TriptychError {
  constructor(
    { reason, message }: TriptychError,
    readonly slowedMs: number,
  ) {
    super(reason, message);
  }
}

/** Counted as its path in metrics, where nothing declared it: a path is its sender's to choose. */
const UNKNOWN_ROUTE = 'unknown';
/** What a proxy of Envoy's and Connect's clients say of how long they wait. */
const DEADLINE_HEADERS = ['x-envoy-expected-rq-timeout-ms', 'connect-timeout-ms'];

const connections = new WeakMap<Socket, Connection>();
const pipelined = new WeakMap<Socket, number>();

/** Watches a request from here on. */
export function observeRequest(
  { hearers }: HttpContext,
  { headers, socket }: IncomingMessage,
  route = UNKNOWN_ROUTE,
): ObservedCall {
  const header = (name: string) => {
    const value = headers[name];
    return Array.isArray(value) ? value[0] : value;
  };
  return observeCall(hearers, { system: 'http', method: route, peer: peerOf(socket), header });
}

/**
 * Lets a request in, before a byte of its body is read, and has it counted until its answer has gone. Throws what it is refused for, or
 * {@link SlowedRefusal}.
 */
export function letIn(
  context: HttpContext,
  request: IncomingMessage,
  stream: CallStream,
  observed: ObservedCall,
  rule: RouteRule,
): HttpCall {
  const { gate, engine } = context;
  const { socket } = request;
  const connection = connectionFor(socket);
  const authorization = rule.authorization ?? request.headers.authorization;
  const authenticate = (method: string): string => {
    checkAdministrative(method, context);
    if (!gate.authentication) return principalOf(connection);
    const credentials = { authorization, method, address: connection.address };
    const found = gate.authentication.check(credentials);
    if (!('refusal' in found)) return found.principal;
    throw found.slowedMs > 0 ? new SlowedRefusal(found.refusal, found.slowedMs) : found.refusal;
  };
  const principal = firstAllowed(rule.methods, authenticate);
  const deadline = deadlineOf(request);
  const isAnonymous = principal === connection.id;
  const endings: (() => void)[] = [];
  const end = () => {
    socket.off('close', end);
    for (const one of endings.splice(0)) one();
  };
  try {
    endings.push(enterConnection(socket, context.maxPipelined));
    endings.push(gate.open.enter(principal, isAnonymous ? connection.address : undefined));
    gate.idle.checkReading(principal);
    if (rule.modalities) engine.admission.checkAny(principal, rule.modalities, deadline);
  } catch (thrown) {
    end();
    throw thrown;
  }
  const controller = new AbortController();
  const { signal } = controller;
  const flow = rule.isStream ? new StreamFlow() : undefined;
  const caller = { principal, flow: flow ?? connection.id };
  const open: OpenCall = {
    caller,
    stream,
    controller,
    active: performance.now(),
    arrived: 0,
    sent: 0,
    isHandled: false,
    refuse: (error) => controller.abort(error),
  };
  const arriving = engine.admission.arriving(caller);
  endings.push(
    () => arriving.end(),
    () => flow?.end(),
    gate.calls.enter(open, open),
    // Of an answer that has gone nothing is left to end.
    () => controller.abort(clientGone),
  );
  // The answers that wait behind another of their connection hear nothing of its end.
  socket.once('close', end);
  stream.once('close', end);
  if (socket.destroyed) end();
  return {
    observed: endingOnce(observed),
    signal,
    arriving,
    open,
    authorize: (method) => void authenticate(method),
    engineCall: (messageBytes) => ({ caller, signal, deadline, trace: observed.trace, messageBytes }),
  };
}

/** Told of its end once, by whoever knows first: a handler, or the answer that goes out. */
function endingOnce(observed: ObservedCall): ObservedCall {
  let isOver = false;
  const first = () => !isOver && (isOver = true);
  return {
    ...observed,
    succeeded: () => {
      if (first()) observed.succeeded();
    },
    failed: (thrown) => (first() ? observed.failed(thrown) : TriptychError.from(thrown)),
  };
}

/** The principal that one of these methods is allowed to. Throws what the last of them is refused for. */
function firstAllowed(methods: readonly string[], authenticate: (method: string) => string): string {
  let refusal: unknown;
  for (const method of methods) {
    try {
      return authenticate(method);
    } catch (thrown) {
      refusal = thrown;
      // A token that nobody knows is asked for once: each time counts as a guess.
      if (!(thrown instanceof TriptychError) || thrown.reason !== 'METHOD_DENIED') break;
    }
  }
  throw refusal;
}

/** Counts a request of a connection in; what is returned counts it out. Throws OVERLOADED. */
function enterConnection(socket: Socket, most: number): () => void {
  const before = pipelined.get(socket) ?? 0;
  if (before >= most) {
    throw new TriptychError(
      'OVERLOADED',
      `${before} requests of this connection wait for their answers; at most ${most} may`,
    );
  }
  pipelined.set(socket, before + 1);
  return () => pipelined.set(socket, (pipelined.get(socket) ?? 1) - 1);
}

/** The connection that a request came over. */
export function connectionFor(socket: Socket): Connection {
  const known = connections.get(socket);
  if (known) return known;
  const connection = connectionOf(socket);
  connections.set(socket, connection);
  // Each request that is under way listens for its end.
  socket.setMaxListeners(0);
  return connection;
}

/** What is looked at of what a call is answered on, and of its connection. */
export function answerStream(answer: Writable, socket: Duplex): CallStream {
  return {
    get writableLength() {
      return answer.writableLength;
    },
    get destroyed() {
      return socket.destroyed;
    },
    once: (event, listener) => answer.once(event, listener),
    // An answer that is cut short must not look whole.
    close: () => socket.destroy(),
  };
}

/** Milliseconds since the epoch; Infinity where the client says nothing. */
function deadlineOf({ headers }: IncomingMessage): number {
  for (const name of DEADLINE_HEADERS) {
    const ms = Number(headers[name]);
    if (ms > 0) return Date.now() + ms;
  }
  return Infinity;
}

function peerOf({ remoteAddress = 'unknown', remotePort = 0 }: Socket): string {
  return `${remoteAddress}:${remotePort}`;
}
