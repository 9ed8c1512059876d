import type { ClientDuplexStream } from '@grpc/grpc-js';
import { fromGrpc } from './grpc-error.js';

/** One bidirectional call. */
export interface Duplex<Request, Response> extends AsyncIterable<Response> {
  /** Sends a message, and waits while the server is not reading: one at a time. */
  send(message: Request): Promise<void>;
  /** Tells the server that no more messages come. */
  finish(): void;
  /** The server's messages. Throws a CallError. Read them while you send. */
  [Symbol.asyncIterator](): AsyncIterator<Response>;
  cancel(): void;
}

/** Cancels a call, whether or not it has reached its connection. */
export function cancelCall(call: { cancel(): void }): void {
  call.cancel();
  // grpc-js starts a call some promises later, cancelled or not: the server would have it open for good.
  setImmediate(() => call.cancel());
}

export function openDuplex<Request, Response>(
  call: ClientDuplexStream<Request, Response>,
): Duplex<Request, Response> {
  let ended = false;
  let wake = () => {};
  const end = () => {
    ended = true;
    wake();
  };
  call.once('status', end);
  // Whoever reads the stream gets its error; whoever only sends must not crash of it.
  call.on('error', end);
  call.on('drain', () => wake());
  return {
    async send(message) {
      if (ended || call.write(message)) return;
      await new Promise<void>((resolve) => (wake = resolve));
    },
    finish: () => void call.end(),
    cancel: () => cancelCall(call),
    async *[Symbol.asyncIterator]() {
      try {
        for await (const answer of call) yield answer as Response;
      } catch (thrown) {
        throw fromGrpc(thrown as Error);
      } finally {
        // Whoever stops reading wants no more: the server would wait for them, and whoever sends for the server.
        if (!ended) cancelCall(call);
      }
    },
  };
}
