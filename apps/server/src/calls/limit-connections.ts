import type { EventEmitter } from 'node:events';
import { ADDRESS_RATIO, FEW, Shares } from '@triptych/engine';
import { remoteAddress } from './connection.js';

interface Opened {
  readonly socket?: { readonly remoteAddress?: string | undefined };
  readonly remoteAddress?: string | undefined;
  once(event: 'close', listener: () => void): unknown;
  destroy(): void;
}

/** Cuts connections beyond `most`, and those of an address that has three quarters of them. This machine's count as one another's. */
export class ConnectionLimit {
  readonly #shares: Shares<string>;
  readonly #addresses: Shares<string>;

  constructor(most: number) {
    this.#shares = new Shares({ capacity: most, most, floor: most });
    this.#addresses = new Shares({ capacity: most, floor: FEW, ratio: ADDRESS_RATIO });
  }

  /** Counts what a server tells as `event`: a connection, or an HTTP/2 session of one. */
  follow(server: Pick<EventEmitter, 'prependListener'>, event: 'connection' | 'session'): void {
    server.prependListener(event, (opened: Opened) => {
      const address = remoteAddress((opened.socket ?? opened).remoteAddress);
      const isFull =
        !this.#shares.fits('all', 1) || (address !== undefined && !this.#addresses.fits(address, 1));
      const leave = [this.#shares.take('all', 1)];
      if (address !== undefined) leave.push(this.#addresses.take(address, 1));
      opened.once('close', () => leave.forEach((one) => one()));
      // A client may connect again later: nothing of a call has been read.
      if (isFull) setImmediate(() => opened.destroy());
    });
  }

  /** Connections that are open. */
  get open(): number {
    return this.#shares.taken;
  }
}
