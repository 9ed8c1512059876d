import { overloaded } from './overloaded.js';
import { ADDRESS_RATIO, FEW, Shares } from './shares.js';

/**
 * Bounds the calls that are open at a time, whatever protocol they came by, and those of a principal by what stays free for others.
 * Callers of one address that nothing but their connection tells apart share three quarters.
 */
export class CallLimit {
  readonly #shares: Shares<string>;
  readonly #addresses: Shares<string>;

  constructor(private readonly most: number) {
    this.#shares = new Shares({ capacity: most, floor: FEW });
    this.#addresses = new Shares({ capacity: most, floor: FEW, ratio: ADDRESS_RATIO });
  }

  get open(): number {
    return this.#shares.taken;
  }

  /** Principals that have calls open. */
  get callers(): number {
    return this.#shares.takers;
  }

  /**
   * Counts a call in; what is returned counts it out. `address` is that of a caller whom only its connection identifies. Throws
   * OVERLOADED.
   */
  enter(principal: string, address?: string): () => void {
    if (!this.#shares.fits(principal, 1)) {
      throw overloaded(
        `${this.open} calls are open, ${this.#shares.held(principal)} of them yours; at most ${this.most} may be, and of ` +
          'one caller no more than stay free for others',
      );
    }
    if (address !== undefined && !this.#addresses.fits(address, 1)) {
      throw overloaded(
        `${this.#addresses.held(address)} calls of ${address} are open, three quarters of what may be`,
      );
    }
    const leave = [this.#shares.take(principal, 1)];
    if (address !== undefined) leave.push(this.#addresses.take(address, 1));
    return () => leave.forEach((one) => one());
  }
}
