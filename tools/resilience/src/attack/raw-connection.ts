import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2';

/** A connection that does with HTTP/2 what no gRPC library would. */
export class RawConnection {
  readonly #session: ClientHttp2Session;

  constructor(address: string) {
    this.#session = connect(`http://${address}`);
    this.#session.on('error', () => undefined);
  }

  /** Opens a call; it is not read. What is sent is one message, or nothing, and then the call stays open. */
  open(path: string, message?: Buffer, headers: Record<string, string> = {}): ClientHttp2Stream {
    const stream = this.#session.request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
      ...headers,
    });
    stream.on('error', () => undefined);
    if (message) stream.end(framed(message));
    return stream;
  }

  /** Opens a call, and resolves with its `grpc-status` once there is one; undefined where it is reset. */
  status(path: string, message: Buffer, headers: Record<string, string> = {}): Promise<string | undefined> {
    const stream = this.open(path, message, headers);
    stream.resume();
    let status: string | undefined;
    const read = (got: Record<string, unknown>) => {
      const value = got['grpc-status'];
      if (typeof value === 'string') status = value;
    };
    stream.on('response', read);
    stream.on('trailers', read);
    return new Promise((resolve) => stream.once('close', () => resolve(status)));
  }

  get isClosed(): boolean {
    return this.#session.closed || this.#session.destroyed;
  }

  close(): void {
    this.#session.destroy();
  }
}

/** A message as gRPC sends it, not compressed. */
function framed(message: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}
