import type { Socket } from 'node:net';
import { type PeerCertificate, TLSSocket } from 'node:tls';

/** A connection, by what callers are told apart with. */
export interface Connection {
  /** Unique in this process. */
  readonly id: string;
  /** Of the other end; undefined where that is on this machine. */
  readonly address: string | undefined;
  /** Whose certificate the client showed, where one was asked for. */
  readonly certificate: string | undefined;
}

let opened = 0;

/** A connection that has been made. */
export function connectionOf(socket: Socket | TLSSocket | undefined): Connection {
  return {
    id: `connection ${++opened}`,
    address: remoteAddress(socket?.remoteAddress),
    certificate: socket instanceof TLSSocket && socket.authorized ? certificateName(socket) : undefined,
  };
}

/** Who answers for what comes over a connection, where no token says better: see docs/decisions/admission.md. */
export function principalOf({ certificate, id }: Connection): string {
  return certificate ? `certificate ${certificate}` : id;
}

/** Whoever connects from this machine is a proxy or a neighbour: one address for all of them. */
export function remoteAddress(address: string | undefined): string | undefined {
  const plain = address?.replace(/^::ffff:/, '');
  return plain === undefined || plain === '::1' || plain.startsWith('127.') ? undefined : plain;
}

/** The name that a client's certificate gives it: a URI (SPIFFE), else its common name, else its fingerprint. */
function certificateName(socket: TLSSocket): string | undefined {
  // null once the connection is closed.
  const certificate = socket.getPeerCertificate() as PeerCertificate | null;
  const { subjectaltname = '', subject, fingerprint256 } = certificate ?? {};
  const uri = /(?:^|, )URI:([^,]+)/.exec(subjectaltname)?.[1];
  const { CN: name } = (subject ?? {}) as { CN?: string | string[] };
  return uri ?? (Array.isArray(name) ? name[0] : name) ?? fingerprint256;
}
