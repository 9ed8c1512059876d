import { abortError, type Caller, FairOrder } from '@triptych/core';
import { type ShareLimits, Shares } from './shares.js';

/** Who waits, until when. */
export interface Wanted {
  readonly caller: Caller;
  /** Milliseconds since the epoch; Infinity where there is none. */
  readonly deadline: number;
  readonly signal: AbortSignal;
}

interface Waiter extends Wanted {
  readonly start: () => void;
  readonly fits: () => boolean;
}

/** Room that principals share, and a fair order for those who wait for it. */
export class Room {
  readonly shares: Shares<unknown>;
  readonly #waiting = new FairOrder<Waiter>();
  /** The same, by what they want. */
  readonly #waiters = new Map<Wanted, Waiter>();

  /** @param outOfTurn of what a principal waits for, what may go on where the next of it does not fit. Default: nothing. */
  constructor(
    limits: ShareLimits,
    private readonly outOfTurn: (principal: unknown) => Wanted | undefined = () => undefined,
  ) {
    this.shares = new Shares(limits);
  }

  /** Number of calls that wait. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Takes room at once, there being some or not; what is returned gives it back. */
  take(principal: unknown, amount: number): () => void {
    const leave = this.shares.take(principal, amount);
    return () => {
      leave();
      this.look();
    };
  }

  /** Gives back what was added to a principal's share. */
  giveBack(principal: unknown, amount: number): void {
    this.shares.add(principal, -amount);
    this.look();
  }

  /** Waits for room, or for what `fits` says; what it resolves with gives it back. Throws what the signal aborts with. */
  async wait(
    wanted: Wanted,
    amount: number,
    fits = () => this.shares.fits(wanted.caller.principal, amount),
  ): Promise<() => void> {
    const { caller, signal } = wanted;
    if (signal.aborted) throw abortError(signal);
    if (this.#waiting.size === 0 && fits()) return this.take(caller.principal, amount);
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        if (this.#waiting.remove(waiter)) reject(abortError(signal));
        this.#waiters.delete(wanted);
        // It may have been what others waited behind.
        this.look();
      };
      const start = () => {
        signal.removeEventListener('abort', onAbort);
        this.#waiters.delete(wanted);
        resolve(this.take(caller.principal, amount));
      };
      const waiter: Waiter = { ...wanted, start, fits };
      signal.addEventListener('abort', onAbort, { once: true });
      this.#waiting.add(waiter);
      this.#waiters.set(wanted, waiter);
      this.look();
    });
  }

  /** Lets those go on who have room now. */
  look(): void {
    if (this.#waiting.size === 0) return;
    const fits = (waiter: Waiter) => waiter.fits();
    const outOfTurn = (principal: unknown) => {
      const wanted = this.outOfTurn(principal);
      return wanted && this.#waiters.get(wanted);
    };
    const take = () => this.#waiting.takeNext(fits, outOfTurn);
    for (let next = take(); next; next = take()) next.start();
  }
}
