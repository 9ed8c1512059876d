import { overloaded } from '../admission/overloaded.js';
import { ADDRESS_RATIO, FEW, Shares } from '../admission/shares.js';
import { isProbe } from './health/limit-probes.js';
import type { CallCheck } from './refusal.js';

/**
 * Bounds the calls that are open at a time over all connections, and those of a principal by what stays free for others.
 * Connections of one address that none but their address tells apart share three quarters.
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

  /** Probes do not count: a server that is full is no dead one. */
  readonly check: CallCheck = ({ path, principal, connection }) => {
    if (isProbe(path)) return undefined;
    if (!this.#shares.fits(principal, 1)) {
      throw overloaded(
        `${this.open} calls are open, ${this.#shares.held(principal)} of them yours; at most ${this.most} may be, and of ` +
          'one caller no more than stay free for others',
      );
    }
    const leave = [this.#shares.take(principal, 1)];
    const address = principal === connection.id ? connection.address : undefined;
    if (address !== undefined) {
      if (!this.#addresses.fits(address, 1)) {
        leave[0]();
        throw overloaded(
          `${this.#addresses.held(address)} calls of ${address} are open, three quarters of what may be`,
        );
      }
      leave.push(this.#addresses.take(address, 1));
    }
    return () => leave.forEach((one) => one());
  };
}
