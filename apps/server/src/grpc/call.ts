import { setMaxListeners } from 'node:events';
import type { Metadata, sendUnaryData, ServerDuplexStream, ServerUnaryCall } from '@grpc/grpc-js';
import { abortError, type Caller, clientGone, TriptychError, untilAborted } from '@triptych/core';
import type { Metrics } from '../observability/metrics.js';
import type { CallTrace } from '../observability/tracing.js';
import { readMessage } from './messages/unread-message.js';
import { type CallObservers, observeCall, type ObservedCall } from './observe-call.js';

/** What a handler gets beside its request. */
export interface CallContext {
  /** Aborts when the client cancels, its deadline passes, its connection ends, or the server's grace does. */
  readonly signal: AbortSignal;
  /** Whom it is done for: a connection, and of it a stream, or all unary calls together. */
  readonly caller: Caller;
  /** Milliseconds since the epoch; Infinity where the client gave none. */
  readonly deadline: number;
  readonly metrics: Metrics;
  readonly trace: CallTrace;
}

/** The flow of all unary calls of a connection. */
const UNARY = 'unary';

interface AnyCall {
  readonly cancelled: boolean;
  readonly metadata: Metadata;
  on(event: 'cancelled', listener: () => void): unknown;
  getPath(): string;
  getPeer(): string;
  getDeadline(): Date | number;
}

/** A unary handler as a function: every throw becomes a status, and is logged where it is a fault of ours. */
export function unary<Request, Response>(
  observers: CallObservers,
  handle: (request: Request, context: CallContext) => Promise<Response> | Response,
): (call: ServerUnaryCall<Request, Response>, callback: sendUnaryData<Response>) => void {
  return (call, callback) => {
    const { context, observed, closed } = begin(observers, call, UNARY);
    Promise.resolve()
      .then(() => handle(readMessage(call.request), context))
      .finally(closed)
      .then(
        (response) => callback(null, response, observed.succeeded()),
        (thrown: unknown) => callback(observed.failed(thrown)),
      );
  };
}

/** A bidirectional handler as an async function; when it returns, the stream ends with OK. */
export function duplex<Request, Response>(
  observers: CallObservers,
  handle: (call: ServerDuplexStream<Request, Response>, context: CallContext) => Promise<void>,
): (call: ServerDuplexStream<Request, Response>) => void {
  return (call) => {
    const { context, observed, closed } = begin(observers, call, Symbol('stream'));
    // A cancelled call emits errors of its own; there is nobody left to tell.
    call.on('error', () => undefined);
    handle(call, context)
      .finally(closed)
      .then(
        () => call.end(observed.succeeded()),
        (thrown: unknown) => call.emit('error', observed.failed(thrown)),
      );
  };
}

/** Writes one answer and waits while the client is slow to read. Throws CANCELLED when it is gone. */
export async function send<Response>(
  call: ServerDuplexStream<never, Response>,
  message: Response,
  signal: AbortSignal,
): Promise<void> {
  if (signal.aborted) throw abortError(signal);
  if (call.write(message)) return;
  await new Promise<void>((resolve, reject) => {
    const onAbort = () => {
      call.off('drain', onDrain);
      reject(abortError(signal));
    };
    const onDrain = () => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    };
    call.once('drain', onDrain);
    signal.addEventListener('abort', onAbort, { once: true });
  });
}

/** A stream's messages one by one; the client is read no faster than they are taken. Throws CANCELLED. */
export async function* messages<Request>(
  call: ServerDuplexStream<Request, never>,
  signal: AbortSignal,
): AsyncGenerator<Request> {
  // The plain iterator destroys a duplex stream when its readable half ends, answers and all.
  const iterator = call.iterator({ destroyOnReturn: false }) as AsyncIterator<Request>;
  for (;;) {
    const next = await untilAborted(iterator.next().catch(toCancelled), signal);
    if (next.done) return;
    yield readMessage(next.value);
  }
}

/** Reading fails only where the transport does: a connection that broke, a message that could not be decoded. */
function toCancelled(cause: unknown): never {
  throw new TriptychError('CANCELLED', 'the stream broke off', { cause });
}

/** What a handler gets with a call; `closed` is to be called when it is done. */
function begin(
  observers: CallObservers,
  call: AnyCall,
  flow: unknown,
): { readonly context: CallContext; readonly observed: ObservedCall; readonly closed: () => void } {
  const { metrics, calls } = observers;
  const identity = { path: call.getPath(), peer: call.getPeer(), metadata: call.metadata };
  const observed = observeCall(observers, identity);
  const controller = calls.open();
  const { signal } = controller;
  // Every item of the call listens; their number is bounded by the limits on batches and windows.
  setMaxListeners(0, signal);
  call.on('cancelled', () => controller.abort(clientGone));
  if (call.cancelled) controller.abort(clientGone);
  const deadline = Number(call.getDeadline());
  return {
    context: { signal, caller: { principal: identity.peer, flow }, deadline, metrics, trace: observed.trace },
    observed,
    closed: () => calls.closed(controller),
  };
}
