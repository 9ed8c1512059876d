import type { Http2Server, ServerHttp2Session, ServerHttp2Stream } from 'node:http2';
import { TLSSocket } from 'node:tls';
import { TriptychError } from '@triptych/core';

/** A connection, by what callers are told apart with. */
export interface Connection {
  /** Unique in this process. */
  readonly id: string;
  /** Of the other end; undefined where that is on this machine. */
  readonly address: string | undefined;
  /** Whose certificate the client showed, where one was asked for. */
  readonly certificate: string | undefined;
}

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
  #opened = 0;

  follow(http2: Http2Server): void {
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
    const { socket } = session ?? {};
    const connection = {
      id: `connection ${++this.#opened}`,
      address: remoteAddress(socket?.remoteAddress),
      certificate: socket instanceof TLSSocket && socket.authorized ? certificateName(socket) : undefined,
    };
    if (session) this.#known.set(session, connection);
    return connection;
  }
}

/** Whoever connects from this machine is a proxy or a neighbour: one address for all of them. */
export function remoteAddress(address: string | undefined): string | undefined {
  const plain = address?.replace(/^::ffff:/, '');
  return plain === undefined || plain === '::1' || plain.startsWith('127.') ? undefined : plain;
}

/** The name that a client's certificate gives it: a URI (SPIFFE), else its common name, else its fingerprint. */
function certificateName(socket: TLSSocket): string | undefined {
  const { subjectaltname = '', subject, fingerprint256 } = socket.getPeerCertificate();
  const uri = /(?:^|, )URI:([^,]+)/.exec(subjectaltname)?.[1];
  const { CN: name } = (subject ?? {}) as { CN?: string | string[] };
  return uri ?? (Array.isArray(name) ? name[0] : name) ?? fingerprint256;
}
