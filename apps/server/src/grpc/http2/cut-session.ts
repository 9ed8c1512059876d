import { constants, type ServerHttp2Session } from 'node:http2';

/** A client gets so long to close a connection. */
const GRACE_MS = 1000;

/**
 * Ends a connection and its streams as those of a client that asked for too much. With a code, as Node's clients wait forever for what they
 * were writing to a stream that is reset without one. Where either side has sent GOAWAY, Node leaves it to the client to close
 * the connection: one that does not is cut a second later.
 */
export function cutSession(session: ServerHttp2Session): void {
  if (session.destroyed) return;
  // Of the socket itself, which a session that is destroyed does not know any more.
  const closeSoon = session.socket.destroySoon.bind(session.socket);
  session.destroy(new Error('the connection is cut'), constants.NGHTTP2_ENHANCE_YOUR_CALM);
  setTimeout(closeSoon, GRACE_MS).unref();
}
