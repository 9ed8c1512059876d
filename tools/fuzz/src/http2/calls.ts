import {
  type ClientHttp2Session,
  connect,
  type IncomingHttpHeaders,
  type IncomingHttpStatusHeader,
  type OutgoingHttpHeaders,
} from 'node:http2';
import { gzipSync } from 'node:zlib';
import { mutate } from '../mutate.js';

const PATIENCE_MS = 5000;
const BOMB_BYTES = 512 * 1024 * 1024;

const valid: OutgoingHttpHeaders = {
  ':method': 'POST',
  ':path': '/triptych.v1.TextEncoder/Encode',
  'content-type': 'application/grpc',
  te: 'trailers',
};

/** Half a gigabyte of nothing, in half a megabyte. Made once. */
let bomb: Buffer | undefined;

/** Headers that no client sends. Each belongs to a call that is otherwise whole. */
const hostileHeaders: ((text: string, below: (n: number) => number) => OutgoingHttpHeaders)[] = [
  (text) => ({ ':path': `/${text}` }),
  (text) => ({ ':path': `/triptych.v1.TextEncoder/${text}` }),
  () => ({ ':method': 'GET' }),
  (text) => ({ 'content-type': `application/${text}` }),
  (text) => ({ 'grpc-timeout': text }),
  (_, below) => ({ 'grpc-timeout': `${below(1e9)}${'HMSmunx'[below(7)]}` }),
  (text) => ({ 'grpc-encoding': text }),
  (text) => ({ 'grpc-accept-encoding': text }),
  (text) => ({ authorization: text }),
  (text) => ({ 'x-request-id': text }),
  (text) => ({ traceparent: text }),
  (text) => ({ 'anything-bin': text }),
  (_, below) => ({ 'x-long': 'x'.repeat(below(200_000)) }),
  (text, below) =>
    Object.fromEntries(Array.from({ length: below(300) }, (_, i) => [`x-${i}`, text.slice(0, 20)])),
];

/** A call over HTTP/2 that is whole but for its headers. Its status. */
export function sendHeaders(address: string, message: Buffer, next: () => number): Promise<string> {
  const below = (n: number) => Math.floor(next() * n);
  const text = String.fromCharCode(...Array.from({ length: 1 + below(60) }, () => 33 + below(94)));
  const hostile = hostileHeaders[below(hostileHeaders.length)](text, below);
  return send(address, { ...valid, ...hostile }, prefixed(message, 0), 'headers');
}

/** A message that says it is compressed, and is not quite. Its status. */
export function sendCompressed(address: string, message: Buffer, next: () => number): Promise<string> {
  const encoding = next() < 0.7 ? 'gzip' : 'deflate';
  const isBomb = next() < 0.01;
  if (isBomb) bomb ??= gzipSync(Buffer.alloc(BOMB_BYTES));
  const body = isBomb ? bomb! : Buffer.from(mutate(gzipSync(message), next));
  const headers = { ...valid, 'grpc-encoding': isBomb ? 'gzip' : encoding };
  const whole = prefixed(body, next() < 0.9 ? 1 : Math.floor(next() * 256));
  if (next() < 0.1) whole.writeUInt32BE(Math.floor(next() * 2 ** 32), 1);
  return send(address, headers, whole, isBomb ? 'gzip bomb' : 'gzip');
}

/** A gRPC message with its five bytes before it. */
function prefixed(message: Buffer, flag: number): Buffer {
  const head = Buffer.alloc(5);
  head[0] = flag;
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

function send(address: string, headers: OutgoingHttpHeaders, body: Buffer, kind: string): Promise<string> {
  return new Promise((resolve) => {
    let session: ClientHttp2Session | undefined;
    const end = (outcome: string) => {
      clearTimeout(patience);
      session?.destroy();
      resolve(`${kind}: ${outcome}`);
    };
    const patience = setTimeout(() => end('NO ANSWER'), PATIENCE_MS);
    try {
      session = connect(`http://${address}`, { maxHeaderListPairs: 1000 });
      session.on('error', () => end('connection refused'));
      const stream = session.request(headers);
      let status: string | undefined;
      const note = (found: IncomingHttpHeaders & IncomingHttpStatusHeader) => {
        status = found['grpc-status']?.toString() ?? status ?? `HTTP ${found[':status']}`;
      };
      stream.on('response', note);
      stream.on('trailers', note);
      stream.on('error', (error: NodeJS.ErrnoException) => end(error.code ?? 'reset'));
      stream.on('close', () => end(status === undefined ? 'closed' : `status ${status}`));
      stream.resume();
      stream.end(body);
    } catch {
      end('not sendable');
    }
  });
}
