/** Bounds of {@link Shares}. */
export interface ShareLimits {
  /** What all takers together may hold. */
  readonly capacity: number;
  /** What one taker may hold, however much is free. Default: what is left to the others. */
  readonly most?: number;
  /** What a taker may hold wherever there is room, whatever would be left. Default: 1. */
  readonly floor?: number;
  /** What a taker may hold for each unit that it leaves free. Default: 1. */
  readonly ratio?: number;
}

/** What anybody may hold of calls or connections wherever there is room. */
export const FEW = 8;
/** What one address may hold for each that it leaves free: three quarters of all, alone. */
export const ADDRESS_RATIO = 3;

/**
 * Something limited that takers share by dynamic thresholds (Choudhury and Hahne 1998): nobody may hold more than stays free.
 * One taker alone gets half of it, two get a third each, and whoever comes next always finds room for something small.
 */
export class Shares<Taker> {
  #taken = 0;
  readonly #held = new Map<Taker, number>();

  constructor(private readonly limits: ShareLimits) {}

  /** What all of them hold. */
  get taken(): number {
    return this.#taken;
  }

  /** How many hold something. */
  get takers(): number {
    return this.#held.size;
  }

  held(taker: Taker): number {
    return this.#held.get(taker) ?? 0;
  }

  /** Whether so much more may be taken. Where nobody holds anything, any amount may. */
  fits(taker: Taker, amount: number, ratio = this.limits.ratio ?? 1): boolean {
    if (this.#taken === 0) return true;
    const { capacity, most = Infinity, floor = 1 } = this.limits;
    const free = capacity - this.#taken - amount;
    return free >= 0 && this.held(taker) + amount <= Math.min(most, Math.max(free * ratio, floor));
  }

  /** Takes it, fitting or not; what is returned gives it back, once. */
  take(taker: Taker, amount: number): () => void {
    this.add(taker, amount);
    let isHeld = true;
    return () => {
      if (isHeld) this.add(taker, -amount);
      isHeld = false;
    };
  }

  /** Adds to what a taker holds, fitting or not; less than 0 gives back. */
  add(taker: Taker, amount: number): void {
    this.#taken += amount;
    const held = this.held(taker) + amount;
    if (held > 0) this.#held.set(taker, held);
    else this.#held.delete(taker);
  }
}
