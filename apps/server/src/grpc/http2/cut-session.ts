import { constants, type ServerHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';

/** A client gets so long to close a connection. */
const GRACE_MS = 1000;

/** The socket itself: what a session gives of it cannot be destroyed, and is nothing any more once the session is. */
export function socketOf(session: ServerHttp2Session): Socket {
  return session.socket.once('close', () => undefined);
}

/**
 * Ends a connection and its streams as those of a client that asked for too much. With a code, as Node's clients wait forever for what they
 * were writing to a stream that is reset without one. Where either side has sent GOAWAY, or the client reads nothing, Node leaves
 * it to the client to close the connection: one that does not is cut a second later.
 */
export function cutSession(session: ServerHttp2Session): void {
  if (session.destroyed) return;
  const socket = socketOf(session);
  session.destroy(new Error('the connection is cut'), constants.NGHTTP2_ENHANCE_YOUR_CALM);
  setTimeout(() => socket.destroy(), GRACE_MS).unref();
}
