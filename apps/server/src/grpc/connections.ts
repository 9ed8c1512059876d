import type { Http2Server, ServerHttp2Session, ServerHttp2Stream } from 'node:http2';
import { TriptychError } from '@triptych/core';
import { type Connection, connectionOf } from '../calls/connection.js';

/** A call's HTTP/2 stream, and the connection that it came over. */
export interface Arrival {
  readonly stream: ServerHttp2Stream;
  readonly connection: Connection;
}

/**
 * Connections, and the call that is arriving. gRPC makes a call's interceptors while HTTP/2 announces its stream, and tells them
 * nothing of the connection but an address, which a Unix socket has none of.
 */
export class Connections {
  readonly #known = new WeakMap<ServerHttp2Session, Connection>();
  #arriving: ServerHttp2Stream | undefined;

  follow(http2: Http2Server): void {
    // While it is there: a client may have gone before its first call is opened.
    http2.on('session', (session: ServerHttp2Session) => this.#of(session));
    http2.prependListener('stream', (stream: ServerHttp2Stream) => (this.#arriving = stream));
  }

  /** To be asked while an interceptor is made. */
  get arriving(): Arrival {
    const stream = this.#arriving;
    if (!stream) throw new TriptychError('INTERNAL', 'a call arrived without a stream');
    return { stream, connection: this.#of(stream.session as ServerHttp2Session | undefined) };
  }

  #of(session: ServerHttp2Session | undefined): Connection {
    const known = session && this.#known.get(session);
    if (known) return known;
    const connection = connectionOf(session?.socket);
    if (session) this.#known.set(session, connection);
    return connection;
  }
}
