import type { Http2Server, ServerHttp2Session } from 'node:http2';
import { ADDRESS_RATIO, FEW, Shares } from '@triptych/engine';
import { remoteAddress } from '../connections.js';

/** Cuts connections beyond `most`, and those of an address that has three quarters of them. This machine's count as one another's. */
export class ConnectionLimit {
  readonly #shares: Shares<string>;
  readonly #addresses: Shares<string>;

  constructor(most: number) {
    this.#shares = new Shares({ capacity: most, most, floor: most });
    this.#addresses = new Shares({ capacity: most, floor: FEW, ratio: ADDRESS_RATIO });
  }

  follow(http2: Http2Server): void {
    http2.prependListener('session', (session: ServerHttp2Session) => {
      const address = remoteAddress(session.socket.remoteAddress);
      const isFull =
        !this.#shares.fits('all', 1) || (address !== undefined && !this.#addresses.fits(address, 1));
      const leave = [this.#shares.take('all', 1)];
      if (address !== undefined) leave.push(this.#addresses.take(address, 1));
      session.once('close', () => leave.forEach((one) => one()));
      // A client may connect again later: nothing of a call has been read.
      if (isFull) setImmediate(() => session.destroy());
    });
  }
}
