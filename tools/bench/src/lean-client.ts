import { type ClientHttp2Session, connect, type IncomingHttpHeaders } from 'node:http2';
import {
  type EncodeAudioRequest,
  type EncodeAudioResponse__Output,
  loadWirePackage,
} from '@triptych/protocol';

interface Method {
  readonly path: string;
  readonly requestSerialize: (request: EncodeAudioRequest) => Buffer;
  readonly responseDeserialize: (bytes: Buffer) => EncodeAudioResponse__Output;
}

const OK = 0;
const UNKNOWN = 2;
export const DEADLINE_EXCEEDED = 4;
/** Whether it is compressed, and its length. */
const PREFIX_BYTES = 5;

const service = loadWirePackage('client')['triptych.v1.AudioEncoder'] as unknown as {
  readonly Encode: Method;
};
const { path, requestSerialize, responseDeserialize } = service.Encode;

/**
 * One call of `AudioEncoder.Encode`, encoded once and made over and over: gRPC on HTTP/2 and nothing else. A load that is to
 * show what a server takes must cost less than the server, beside which it runs.
 */
export class LeanClient {
  readonly #session: ClientHttp2Session;
  readonly #message: Buffer;

  constructor(address: string, request: EncodeAudioRequest) {
    this.#session = connect(`http://${address}`);
    this.#session.setMaxListeners(0);
    const body = requestSerialize(request);
    this.#message = Buffer.alloc(PREFIX_BYTES + body.length);
    this.#message.writeUInt32BE(body.length, 1);
    body.copy(this.#message, PREFIX_BYTES);
  }

  /** The gRPC status of the call's one clip: its own, or that of a call which failed. */
  call(deadlineMs = 60_000): Promise<number> {
    return new Promise((resolve) => {
      const stream = this.#session.request({
        ':method': 'POST',
        ':path': path,
        'content-type': 'application/grpc',
        te: 'trailers',
        'grpc-timeout': `${deadlineMs}m`,
      });
      const timer = setTimeout(() => {
        code = DEADLINE_EXCEEDED;
        stream.close();
      }, deadlineMs);
      let code = UNKNOWN;
      const status = (headers: IncomingHttpHeaders) => {
        if (headers['grpc-status'] !== undefined) code = Number(headers['grpc-status']);
      };
      const chunks: Buffer[] = [];
      stream.on('response', status);
      stream.on('trailers', status);
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      // A broken stream closes as well.
      stream.on('error', () => undefined);
      stream.on('close', () => {
        clearTimeout(timer);
        resolve(code === OK ? statusOfClip(Buffer.concat(chunks)) : code);
      });
      stream.end(this.#message);
    });
  }

  close(): void {
    this.#session.close();
  }
}

function statusOfClip(answer: Buffer): number {
  const [{ embedding, error }] = responseDeserialize(answer.subarray(PREFIX_BYTES)).results;
  return embedding ? OK : (error?.code ?? UNKNOWN);
}
