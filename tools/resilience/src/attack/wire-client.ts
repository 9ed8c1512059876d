import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2';
import { gzipSync } from 'node:zlib';

/** A gRPC client that sends what no library would. */
export interface WireClient {
  readonly session: ClientHttp2Session;
  /** Sends a call's headers; its message is the caller's to send. */
  open(method: string, headers?: Readonly<Record<string, string>>): ClientHttp2Stream;
  /** Sends a call with one message: its status; undefined where it got none. */
  call(method: string, message: Buffer): Promise<number | undefined>;
  close(): void;
}

export function wireClient(address: string): WireClient {
  const session = connect(`http://${address}`, { maxSendHeaderBlockLength: 2 ** 24 });
  session.on('error', () => undefined);
  const open = (method: string, headers: Readonly<Record<string, string>> = {}) => {
    const stream = session.request({
      ':method': 'POST',
      ':path': `/${method}`,
      'content-type': 'application/grpc',
      'grpc-encoding': 'gzip',
      te: 'trailers',
      ...headers,
    });
    return stream.on('error', () => undefined).resume();
  };
  return {
    session,
    open,
    call: (method, message) => {
      const stream = open(method);
      stream.end(message);
      return statusOf(stream);
    },
    close: () => session.destroy(),
  };
}

/** Status of a call, once it has one; undefined where it ended without. */
export function statusOf(stream: ClientHttp2Stream): Promise<number | undefined> {
  return new Promise((resolve) => {
    const found = (fields: Record<string, unknown>) => {
      if ('grpc-status' in fields) resolve(Number(fields['grpc-status']));
    };
    stream.on('response', found).on('trailers', found);
    stream.once('close', () => resolve(undefined));
  });
}

/** A message as it travels. */
export function framed(bytes: Buffer, isCompressed = false): Buffer {
  const prefix = Buffer.alloc(5);
  prefix[0] = Number(isCompressed);
  prefix.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([prefix, bytes]);
}

export function zipped(...parts: readonly Buffer[]): Buffer {
  return framed(Buffer.concat(parts.map((part) => gzipSync(part))), true);
}

/** What comes before the bytes of a field. */
export function fieldHeader(number: number, length: number): Buffer {
  const bytes = [(number << 3) | 2];
  for (let left = length; ; left >>>= 7) {
    bytes.push(left > 127 ? (left & 127) | 128 : left);
    if (left <= 127) return Buffer.from(bytes);
  }
}

/** A field, with its bytes. */
export function field(number: number, bytes: Buffer): Buffer {
  return Buffer.concat([fieldHeader(number, bytes.length), bytes]);
}
