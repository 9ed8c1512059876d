import type { Server, Socket } from 'node:net';

/**
 * Keeps at most `most` connections of a server open. One more ends the one that has gone longest without an answer: a probe is
 * answered as soon as it is there, whoever holds the others.
 */
export class BoundedConnections {
  /** The one that was answered least recently first. */
  readonly #open = new Set<Socket>();

  constructor(server: Server, most: number) {
    server.on('connection', (socket: Socket) => {
      this.#open.add(socket);
      socket.once('close', () => this.#open.delete(socket));
      const [oldest] = this.#open;
      if (this.#open.size > most) {
        this.#open.delete(oldest);
        oldest.destroy();
      }
    });
  }

  answered(socket: Socket): void {
    if (this.#open.delete(socket)) this.#open.add(socket);
  }
}
