import { setMaxListeners } from 'node:events';
import {
  type sendUnaryData,
  type ServerDuplexStream,
  type ServerUnaryCall,
  status as grpcStatus,
} from '@grpc/grpc-js';
import { TriptychError } from '@triptych/core';
import type { Observers } from '../models/load-model.js';
import type { Metrics } from '../observability/metrics.js';
import { checkMessage } from './malformed.js';
import { toStatus } from './status.js';

/** What a handler gets beside its request. */
export interface CallContext {
  /** Aborts when the client cancels, its deadline passes, or its connection ends. */
  readonly signal: AbortSignal;
  /** Who gets a fair share: a stream, or all unary calls of a connection. */
  readonly caller: unknown;
  /** Milliseconds since the epoch; Infinity where the client gave none. */
  readonly deadline: number;
  readonly metrics: Metrics;
}

interface AnyCall {
  readonly cancelled: boolean;
  on(event: 'cancelled', listener: () => void): unknown;
  getPath(): string;
  getPeer(): string;
  getDeadline(): Date | number;
}

/** A unary handler as a function: every throw becomes a status, and is logged where it is a fault of ours. */
export function unary<Request, Response>(
  observers: Observers,
  handle: (request: Request, context: CallContext) => Promise<Response> | Response,
): (call: ServerUnaryCall<Request, Response>, callback: sendUnaryData<Response>) => void {
  return (call, callback) => {
    const done = observe(observers, call);
    const signal = signalOf(call);
    Promise.resolve()
      .then(() =>
        handle(checkMessage(call.request), {
          signal,
          caller: call.getPeer(),
          deadline: deadlineOf(call),
          metrics: observers.metrics,
        }),
      )
      .then(
        (response) => {
          done();
          callback(null, response);
        },
        (thrown: unknown) => {
          const error = TriptychError.from(thrown);
          done(error);
          callback(toStatus(error));
        },
      );
  };
}

/** A bidirectional handler as an async function; when it returns, the stream ends with OK. */
export function duplex<Request, Response>(
  observers: Observers,
  handle: (call: ServerDuplexStream<Request, Response>, context: CallContext) => Promise<void>,
): (call: ServerDuplexStream<Request, Response>) => void {
  return (call) => {
    const done = observe(observers, call);
    const signal = signalOf(call);
    // A cancelled call emits errors of its own; there is nobody left to tell.
    call.on('error', () => undefined);
    handle(call, { signal, caller: call, deadline: deadlineOf(call), metrics: observers.metrics }).then(
      () => {
        done();
        call.end();
      },
      (thrown: unknown) => {
        const error = TriptychError.from(thrown);
        done(error);
        call.emit('error', toStatus(error));
      },
    );
  };
}

/** Writes one answer and waits while the client is slow to read. Throws CANCELLED when it is gone. */
export async function send<Response>(
  call: ServerDuplexStream<never, Response>,
  message: Response,
  signal: AbortSignal,
): Promise<void> {
  if (signal.aborted) throw cancelled();
  if (call.write(message)) return;
  await new Promise<void>((resolve, reject) => {
    const onAbort = () => {
      call.off('drain', onDrain);
      reject(cancelled());
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
  const aborted = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(cancelled()), { once: true });
  });
  aborted.catch(() => undefined);
  // The plain iterator destroys a duplex stream when its readable half ends, answers and all.
  const iterator = call.iterator({ destroyOnReturn: false }) as AsyncIterator<Request>;
  for (;;) {
    const next = await Promise.race([iterator.next().catch(toCancelled), aborted]);
    if (next.done) return;
    yield checkMessage(next.value);
  }
}

/** Reading fails only where the transport does: a connection that broke, a message that could not be decoded. */
function toCancelled(cause: unknown): never {
  throw new TriptychError('CANCELLED', 'the stream broke off', { cause });
}

function signalOf(call: AnyCall): AbortSignal {
  const controller = new AbortController();
  // Every item of the call listens; their number is bounded by the limits on batches and windows.
  setMaxListeners(0, controller.signal);
  call.on('cancelled', () => controller.abort());
  if (call.cancelled) controller.abort();
  return controller.signal;
}

function deadlineOf(call: AnyCall): number {
  return Number(call.getDeadline());
}

/** Watches a call; the function that it returns is told how it ended. */
function observe({ logger, metrics }: Observers, call: AnyCall): (error?: TriptychError) => void {
  const started = performance.now();
  const method = call.getPath();
  const ended = metrics.call(method);
  return (error) => {
    ended(error ? grpcStatus[toStatus(error).code] : 'OK');
    const fields = { method, ms: Math.round(performance.now() - started) };
    if (!error) logger.debug(fields, 'call done');
    else if (error.code === 'internal')
      logger.error({ ...fields, err: error, cause: error.cause }, 'call failed');
    else logger.info({ ...fields, reason: error.reason, field: error.field }, 'call refused');
  };
}

function cancelled(): TriptychError {
  return new TriptychError('CANCELLED', 'the client cancelled the call');
}
