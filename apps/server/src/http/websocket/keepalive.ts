import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';

/** Asks the clients of WebSockets whether they are there, and ends the sockets of those that say nothing. */
export class Keepalive {
  readonly #connections = new Map<WebSocket, Socket>();
  /** Bytes that had come of a client when it was asked. */
  readonly #asked = new WeakMap<WebSocket, number>();
  readonly #timer: NodeJS.Timeout;

  constructor(everyMs: number) {
    this.#timer = setInterval(() => this.#ask(), everyMs).unref();
  }

  follow(socket: WebSocket, connection: Socket): void {
    this.#connections.set(socket, connection);
    socket.once('close', () => this.#connections.delete(socket));
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #ask(): void {
    for (const [socket, { bytesRead }] of this.#connections) {
      // The answer of one that is not read lies behind all that it has sent, and any byte of another is an answer.
      if (socket.isPaused) this.#asked.delete(socket);
      else if (this.#asked.get(socket) === bytesRead) {
        socket.terminate();
        continue;
      } else this.#asked.set(socket, bytesRead);
      socket.ping();
    }
  }
}
