import { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';

/** How a socket's frames are messages. */
export interface FrameCodec {
  /** Undefined: there is no more to come. Throws what is wrong with it. */
  readonly read: (frame: Buffer, isBinary: boolean) => unknown;
  readonly write: (message: unknown) => Buffer | string;
}

/**
 * A WebSocket as a stream of messages both ways. It is read no faster than messages are taken, and a message is written once the one
 * before has gone out. An empty frame ends the client's side, which WebSockets have no end of: what follows it is ignored.
 */
export class MessageStream extends Duplex {
  /** What was wrong with a frame that came. */
  broken: unknown;
  #isFull = false;
  #isHeld = false;
  #isEnded = false;

  constructor(
    private readonly socket: WebSocket,
    private readonly codec: FrameCodec,
  ) {
    super({ objectMode: true, readableHighWaterMark: 1, writableHighWaterMark: 1, autoDestroy: false });
    socket.on('message', (frame: Buffer, isBinary: boolean) => this.#receive(frame, isBinary));
    socket.once('close', () => this.destroy());
    socket.on('error', () => this.destroy());
    // Whoever reads hears of its end.
    this.on('error', () => undefined);
  }

  /** A message waits to be taken. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /** It is not read, whoever would take a message: see {@link hold}. */
  get isHeld(): boolean {
    return this.#isHeld;
  }

  override _read(): void {
    this.#isFull = false;
    this.#flow();
  }

  /** Reads nothing more until {@link goOn}. */
  hold(): void {
    this.#isHeld = true;
    this.socket.pause();
  }

  goOn(): void {
    this.#isHeld = false;
    this.#flow();
  }

  /** Closes the socket. The client's close comes behind what it has sent: that is read, and dropped. */
  close(code: number, reason?: string): void {
    this.socket.close(code, reason);
    this._read();
  }

  override _write(message: unknown, _encoding: string, done: (error?: Error | null) => void): void {
    try {
      this.socket.send(this.codec.write(message), done);
    } catch (thrown) {
      done(thrown as Error);
    }
  }

  #flow(): void {
    if (!this.#isFull && !this.#isHeld) this.socket.resume();
  }

  #receive(frame: Buffer, isBinary: boolean): void {
    // What lay unread comes while the socket closes, too: nobody takes it.
    if (this.#isEnded || this.destroyed || this.socket.readyState !== this.socket.OPEN) return;
    if (frame.length === 0) {
      this.#isEnded = true;
      this.push(null);
      return;
    }
    try {
      if (this.push(this.codec.read(frame, isBinary))) return;
      this.#isFull = true;
      this.socket.pause();
    } catch (thrown) {
      this.broken = thrown;
      this.destroy(thrown as Error);
    }
  }
}
