import type { Http2Server, ServerHttp2Session, ServerHttp2Stream } from 'node:http2';

/**
 * Listens for errors of every stream from its first moment to its last. A client may reset one with an error code before it is opened,
 * or once it was refused and grpc-js has nobody listen: Node ends a process with an error that nobody hears.
 */
export function hearStreamErrors(http2: Http2Server): void {
  http2.on('session', (session: ServerHttp2Session) => {
    session.on('stream', (stream: ServerHttp2Stream) => stream.on('error', () => undefined));
  });
}
