import type { Http2Server, ServerHttp2Session, ServerHttp2Stream } from 'node:http2';

/** A stream that was closed and is still there at the second look is one that Node has forgotten. */
const LOOK_EVERY_MS = 5000;

/**
 * Listens for errors of every stream from its first moment to its last, and ends what Node leaves of streams that have closed.
 *
 * A client may reset one with an error code before it is opened, or once it was refused and grpc-js has nobody listen: Node ends a process
 * with an error that nobody hears. And it may reset one without an error while an answer waits to be sent: Node waits for the
 * answer, which nothing will take any more.
 */
export function tendStreams(http2: Http2Server): void {
  http2.on('session', (session: ServerHttp2Session) => {
    const open = new Set<ServerHttp2Stream>();
    const closed = new WeakSet<ServerHttp2Stream>();
    session.on('stream', (stream: ServerHttp2Stream) => {
      open.add(stream);
      stream.on('error', () => undefined);
      // Not at once: whoever else hears of it comes first.
      stream.once('aborted', () => setImmediate(() => stream.destroy()));
      stream.once('close', () => open.delete(stream));
    });
    const look = () => {
      for (const stream of open) {
        if (closed.has(stream)) stream.destroy();
        else if (stream.closed) closed.add(stream);
      }
    };
    const looking = setInterval(look, LOOK_EVERY_MS).unref();
    session.once('close', () => clearInterval(looking));
  });
}
