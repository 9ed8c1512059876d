import type { ServerHttp2Stream } from 'node:http2';
import type { Metadata } from '@grpc/grpc-js';
import type { Caller, TriptychError } from '@triptych/core';

const NO_ERROR = 0;

/** What is looked at of a call's HTTP/2 stream. */
export type CallStream = Pick<ServerHttp2Stream, 'writableLength' | 'close' | 'destroyed' | 'once'>;

/** A call that was let in. */
export interface OpenCall {
  caller: Caller;
  readonly stream: CallStream;
  readonly controller: AbortController;
  /** When a message of it was last read or sent, of `performance.now()`; Infinity once the client has sent all, or while it waits for room. */
  active: number;
  /** Bytes that came since, of a message that is not complete. */
  arrived: number;
  /** Messages that were sent. A stream sends one when HTTP/2 has taken the one before. */
  sent: number;
  /** A handler of ours has it, and ends when its signal aborts. */
  isHandled: boolean;
  /** Sends a status, where no handler has the call yet. */
  readonly refuse: (error: TriptychError) => void;
}

/** The calls that are open: all of them can be ended at once. */
export class OpenCalls {
  readonly #open = new Set<OpenCall>();
  readonly #byMetadata = new WeakMap<Metadata, OpenCall>();
  /** When those got their status that have not gone since. */
  readonly #answered = new Map<CallStream, number>();
  #ended: TriptychError | undefined;

  /** A call is let in, until what is returned is called. */
  enter(metadata: Metadata, call: OpenCall): () => void {
    this.#open.add(call);
    this.#byMetadata.set(metadata, call);
    if (this.#ended) call.controller.abort(this.#ended);
    return () => this.#open.delete(call);
  }

  /** The call whose metadata these are, as it was let in. */
  of(metadata: Metadata): OpenCall | undefined {
    return this.#byMetadata.get(metadata);
  }

  /** A call gets its status: what is open of it from here on is what the client leaves open. */
  answered(stream: CallStream): void {
    if (stream.destroyed) return;
    this.#answered.set(stream, performance.now());
    stream.once('close', () => this.#answered.delete(stream));
  }

  /** Closes the streams of calls that got their status before `time`, and have sent it. */
  closeAnswered(time: number): void {
    for (const [stream, since] of this.#answered) {
      // The one that was answered longest ago comes first.
      if (since > time) return;
      if (stream.writableLength === 0) stream.close(NO_ERROR);
    }
  }

  [Symbol.iterator](): IterableIterator<OpenCall> {
    return this.#open.values();
  }

  /** Has every call fail with this, those that are yet to come too. */
  end(reason: TriptychError): void {
    this.#ended = reason;
    for (const call of this.#open) {
      endCall(call, reason);
      // One that a handler gets meanwhile ends, too.
      call.controller.abort(reason);
    }
  }
}

/** Ends one call with a status. */
export function endCall(call: OpenCall, reason: TriptychError): void {
  if (call.isHandled) call.controller.abort(reason);
  else call.refuse(reason);
}
