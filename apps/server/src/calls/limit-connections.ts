import type { Server, Socket } from 'node:net';
import { ADDRESS_RATIO, FEW, Shares } from '@triptych/engine';
import { remoteAddress } from './connection.js';

/** Cuts connections beyond `most`, and those of an address that has three quarters of them. This machine's count as one another's. */
export class ConnectionLimit {
  readonly #shares: Shares<string>;
  readonly #addresses: Shares<string>;

  constructor(most: number) {
    this.#shares = new Shares({ capacity: most, most, floor: most });
    this.#addresses = new Shares({ capacity: most, floor: FEW, ratio: ADDRESS_RATIO });
  }

  /** Counts the connections of a server, those among them whose TLS handshake is not over; what is returned cuts them all. */
  follow(server: Pick<Server, 'prependListener'>): () => void {
    const sockets = new Set<Socket>();
    server.prependListener('connection', (socket) => {
      const address = remoteAddress(socket.remoteAddress);
      const isFull =
        !this.#shares.fits('all', 1) || (address !== undefined && !this.#addresses.fits(address, 1));
      const leave = [this.#shares.take('all', 1)];
      if (address !== undefined) leave.push(this.#addresses.take(address, 1));
      sockets.add(socket);
      socket.once('close', () => {
        sockets.delete(socket);
        leave.forEach((one) => one());
      });
      // A client may connect again later: nothing of a call has been read.
      if (isFull) setImmediate(() => socket.destroy());
    });
    return () => sockets.forEach((socket) => socket.destroy());
  }

  /** Connections that are open. */
  get open(): number {
    return this.#shares.taken;
  }
}
