import type { Http2Server, Http2Session, ServerHttp2Stream } from 'node:http2';
import { Turns } from '@triptych/core';

/** What opening streams may take of one round of the event loop. */
const BUDGET_MS = 4;

type Opening = () => void;

/**
 * Opens streams a few milliseconds at a time, connections in turn. A read of 64 KiB holds the headers of a thousand streams, which
 * Node would open in one go, and those of the next connection after them: everybody else would wait for them all.
 */
export function openInTurns(http2: Http2Server): void {
  const openings = new Openings();
  const ids = new WeakMap<Http2Session, number>();
  let sessions = 0;
  /** Turns remember who had one; they are not to keep a connection. */
  const idOf = (session: Http2Session | undefined): number => {
    const id = (session && ids.get(session)) ?? ++sessions;
    if (session) ids.set(session, id);
    return id;
  };
  const emit = http2.emit.bind(http2) as (event: string, ...args: unknown[]) => boolean;
  // Who listens for streams must not be asked before their turn; what else is told of them is told by the session.
  http2.emit = (event: string, ...args: unknown[]): boolean => {
    if (event !== 'stream') return emit(event, ...args);
    const stream = args[0] as ServerHttp2Stream;
    openings.add(idOf(stream.session), () => {
      // Reset meanwhile: nobody waits for it.
      if (!stream.destroyed) emit(event, ...args);
    });
    return true;
  };
}

class Openings {
  readonly #turns = new Turns<number, Opening[]>();
  #arrivals = 0;
  #spentMs = 0;
  #isScheduled = false;

  add(session: number, open: Opening): void {
    if (this.#turns.size === 0 && this.#spentMs < BUDGET_MS) this.#open(open);
    else {
      const waiting = this.#turns.get(session);
      if (waiting) waiting.push(open);
      else this.#turns.enter(session, [open], this.#rank());
    }
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => this.#round());
  }

  #round(): void {
    [this.#isScheduled, this.#spentMs] = [false, 0];
    while (this.#turns.size > 0 && this.#spentMs < BUDGET_MS) this.#openNext();
    if (this.#turns.size === 0) return;
    this.#isScheduled = true;
    setImmediate(() => this.#round());
  }

  #openNext(): void {
    const [{ key, member }] = this.#turns.inOrder;
    const open = member.shift();
    this.#turns.advance(key);
    this.#turns.spend(key, 1, this.#rank());
    if (member.length === 0) this.#turns.leave(key);
    if (open) this.#open(open);
  }

  #open(open: Opening): void {
    const since = performance.now();
    open();
    this.#spentMs += performance.now() - since;
  }

  #rank() {
    return { deadline: Infinity, arrival: this.#arrivals++ };
  }
}
