import type { Http2Server, Http2Session, ServerHttp2Stream } from 'node:http2';
import { Turns } from '@triptych/core';

/** What opening streams may take of one round of the event loop: the most, where rounds are short, and the least. */
const [MOST_MS, LEAST_MS] = [4, 0.5];
/** What a round should take, with what opening streams leads to. */
const ROUND_MS = 10;

type Opening = () => void;

/**
 * Opens streams a few milliseconds at a time, connections in turn: fewer, where rounds of the event loop with what follows (messages
 * that are read, first answers) become long. A read of 64 KiB holds the headers of a thousand streams, which
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
  #budgetMs = MOST_MS;
  #spentMs = 0;
  #began = 0;
  #isScheduled = false;

  add(session: number, open: Opening): void {
    if (this.#turns.size === 0 && this.#spentMs < this.#budgetMs) this.#open(open);
    else {
      const waiting = this.#turns.get(session);
      if (waiting) waiting.push(open);
      else this.#turns.enter(session, [open], this.#rank());
    }
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#began = performance.now();
    setImmediate(() => this.#round(performance.now() - this.#began));
  }

  /** As congestion is avoided: a long round halves what the next may take, a short one adds a little. */
  #round(tookMs: number): void {
    [this.#isScheduled, this.#spentMs] = [false, 0];
    this.#budgetMs =
      tookMs > ROUND_MS
        ? Math.max(LEAST_MS, this.#budgetMs / 2)
        : Math.min(MOST_MS, this.#budgetMs + LEAST_MS / 4);
    while (this.#turns.size > 0 && this.#spentMs < this.#budgetMs) this.#openNext();
    if (this.#turns.size > 0) this.#schedule();
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
