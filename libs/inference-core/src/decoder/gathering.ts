import { setImmediate } from 'node:timers/promises';
import { type Caller, within } from '@triptych/core';

/** Has what is decoded wait for sources that will be decoded beside it. */
export class Gathering {
  /** Sources that are being made, by whom they are made for. */
  readonly #expected = new Map<unknown, number>();
  #heldSince: number | undefined;
  #goOn: () => void = () => undefined;

  /** `running` is what is decoded now; it waits `holdMs` at most, and then goes on for as long. */
  constructor(
    private readonly running: ReadonlyMap<number, Pick<Caller, 'principal'>>,
    private readonly holdMs: number,
  ) {}

  /**
   * A source is being made for a caller. What is decoded waits for it where all of that is for callers who have some being made: encoder
   * and decoder share the cores, and steps of many sequences side by side cost less than those of each. Nobody waits for another's. Call
   * what is returned once the source is there, or will not be.
   */
  expect({ principal }: Pick<Caller, 'principal'>): () => void {
    this.#expected.set(principal, (this.#expected.get(principal) ?? 0) + 1);
    let isAwaited = true;
    return () => {
      if (!isAwaited) return;
      isAwaited = false;
      const left = (this.#expected.get(principal) ?? 1) - 1;
      if (left > 0) this.#expected.set(principal, left);
      else this.#expected.delete(principal);
      this.look();
    };
  }

  /** Once other things are decoded than before. */
  look(): void {
    if (!this.#mayWait()) this.#goOn();
  }

  /** Waits where it may. */
  async wait(): Promise<void> {
    if (!this.#mayWait()) {
      this.#heldSince = undefined;
      return;
    }
    this.#heldSince ??= performance.now();
    const held = performance.now() - this.#heldSince;
    if (held > 2 * this.holdMs) this.#heldSince = undefined;
    if (held >= this.holdMs) return;
    await within(this.holdMs - held, new Promise<void>((resolve) => (this.#goOn = resolve)));
    // Those that came open their sources.
    await setImmediate();
  }

  /** Whether all that is decoded is for callers who have sources being made. */
  #mayWait(): boolean {
    const running = [...this.running.values()];
    return running.length > 0 && running.every(({ principal }) => this.#expected.has(principal));
  }
}
