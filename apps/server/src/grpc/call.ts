import type {
  Metadata,
  sendUnaryData,
  ServerDuplexStream,
  ServerUnaryCall,
  ServerWritableStream,
} from '@grpc/grpc-js';
import { clientGone, StreamFlow, TriptychError, untilAborted } from '@triptych/core';
import type { EngineCall } from '@triptych/engine';
import { readMessage, unreadBytes } from './messages/unread-message.js';
import { type CallObservers, observeCall, type ObservedCall } from './observe-call.js';

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
  handle: (request: Request, context: EngineCall) => Promise<Response> | Response,
): (call: ServerUnaryCall<Request, Response>, callback: sendUnaryData<Response>) => void {
  return (call, callback) => {
    const { context, observed } = begin(observers, call);
    // Its fields are views of the message: whatever is kept of it keeps all of it.
    const messageBytes = unreadBytes(call.request);
    Promise.resolve()
      .then(() => handle(readMessage(call.request), { ...context, messageBytes }))
      .then(
        (response) => callback(null, response, observed.succeeded()),
        (thrown: unknown) => callback(observed.failed(thrown)),
      );
  };
}

/** A handler of one request and a stream of answers as an async function; when it returns, the stream ends with OK. */
export function answers<Request, Response>(
  observers: CallObservers,
  handle: (
    request: Request,
    write: (response: Response) => Promise<void>,
    context: EngineCall,
  ) => Promise<void>,
): (call: ServerWritableStream<Request, Response>) => void {
  return (call) => {
    const flow = new StreamFlow();
    const { context, observed } = begin(observers, call, flow);
    call.on('error', () => undefined);
    Promise.resolve()
      .then(() =>
        handle(readMessage(call.request), (response) => send(call, response, context.signal), context),
      )
      .finally(() => flow.end())
      .then(
        () => call.end(observed.succeeded()),
        (thrown: unknown) => call.emit('error', observed.failed(thrown)),
      );
  };
}

/** A bidirectional handler as an async function; when it returns, the stream ends with OK. */
export function duplex<Request, Response>(
  observers: CallObservers,
  handle: (call: ServerDuplexStream<Request, Response>, context: EngineCall) => Promise<void>,
): (call: ServerDuplexStream<Request, Response>) => void {
  return (call) => {
    const flow = new StreamFlow();
    const { context, observed } = begin(observers, call, flow);
    // A cancelled call emits errors of its own; there is nobody left to tell.
    call.on('error', () => undefined);
    handle(call, context)
      .finally(() => flow.end())
      .then(
        () => call.end(observed.succeeded()),
        (thrown: unknown) => call.emit('error', observed.failed(thrown)),
      );
  };
}

/** Writes one answer, and waits until HTTP/2 has taken it: an answer that is not read keeps no other in memory. Throws CANCELLED. */
export async function send<Response>(
  call: Pick<ServerWritableStream<never, Response>, 'write'>,
  message: Response,
  signal: AbortSignal,
): Promise<void> {
  await untilAborted(
    new Promise<void>((resolve, reject) => {
      // gRPC fails a write with what broke the connection, which the call's signal tells too.
      call.write(message, (error: Error | null | undefined) => (error ? reject(error) : resolve()));
    }).catch(toCancelled),
    signal,
  );
}

/** A stream's messages one by one, as `read` reads them; the client is read no faster than they are taken. Throws CANCELLED. */
export async function* messages<Request, Part = Request>(
  call: ServerDuplexStream<Request, never>,
  signal: AbortSignal,
  read: (message: Request) => Part,
): AsyncGenerator<Part, void> {
  // The plain iterator destroys a duplex stream when its readable half ends, answers and all.
  const iterator = call.iterator({ destroyOnReturn: false }) as AsyncIterator<Request>;
  for (;;) {
    const next = await untilAborted(iterator.next().catch(toCancelled), signal);
    if (next.done) return;
    yield read(next.value);
  }
}

/** Reading fails only where the transport does: a connection that broke, a message that could not be decoded. */
function toCancelled(cause: unknown): never {
  throw new TriptychError('CANCELLED', 'the stream broke off', { cause });
}

/** What a handler gets with a call. `flow` is what it is of its principal; undefined: one of its connection's unary calls. */
function begin(
  observers: CallObservers,
  call: AnyCall,
  flow?: StreamFlow,
): { readonly context: EngineCall; readonly observed: ObservedCall } {
  const identity = { path: call.getPath(), peer: call.getPeer(), metadata: call.metadata };
  const observed = observeCall(observers, identity);
  const open = observers.calls.of(call.metadata);
  if (!open) throw new TriptychError('INTERNAL', 'a call was handled that nobody let in');
  open.isHandled = true;
  if (flow) open.caller = { ...open.caller, flow };
  const { caller, controller } = open;
  const { signal } = controller;
  call.on('cancelled', () => controller.abort(clientGone));
  if (call.cancelled) controller.abort(clientGone);
  const deadline = Number(call.getDeadline());
  return { context: { signal, caller, deadline, trace: observed.trace }, observed };
}
