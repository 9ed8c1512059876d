import type { Caller, TriptychError } from '@triptych/core';

const NO_ERROR = 0;

/** What is looked at of what a call came by: an HTTP/2 stream, or a request of HTTP/1. */
export interface CallStream {
  /** Bytes of answers that nobody has read. */
  readonly writableLength: number;
  readonly destroyed: boolean;
  once(event: 'close', listener: () => void): unknown;
  /** @param code of HTTP/2 */
  close(code: number): void;
}

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
  readonly #byKey = new WeakMap<object, OpenCall>();
  /** When those got their status that have not gone since. */
  readonly #answered = new Map<CallStream, number>();
  #ended: TriptychError | undefined;

  /** A call is let in, until what is returned is called. Its adapter knows it by `key`, such as its metadata. */
  enter(key: object, call: OpenCall): () => void {
    this.#open.add(call);
    this.#byKey.set(key, call);
    if (this.#ended) call.controller.abort(this.#ended);
    return () => this.#open.delete(call);
  }

  /** The call that was let in with this key. */
  of(key: object): OpenCall | undefined {
    return this.#byKey.get(key);
  }

  /** A call gets its status: what is open of it from here on is what the client leaves open. */
  answered(stream: CallStream): void {
    if (stream.destroyed) return;
    this.#answered.set(stream, performance.now());
    stream.once('close', () => this.#answered.delete(stream));
  }

  /** Closes, one at a time, the streams of calls that got their status before `time`, and have sent it. */
  *closeAnswered(time: number): Generator<undefined> {
    for (const [stream, since] of this.#answered) {
      // The one that was answered longest ago comes first.
      if (since > time) return;
      if (stream.writableLength > 0) continue;
      stream.close(NO_ERROR);
      yield;
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
