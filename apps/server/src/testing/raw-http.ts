import { connect, type Socket } from 'node:net';
import { splitAddress } from '../preflight/listen-problem.js';

/** A TCP connection that says what it is told to, and what came over it. */
export interface RawConnection {
  readonly socket: Socket;
  readonly received: () => string;
  /** Resolves once the server has ended it. */
  readonly closed: Promise<void>;
}

export async function rawConnection(address: string): Promise<RawConnection> {
  const socket = connect(splitAddress(address));
  let received = '';
  socket.on('data', (bytes) => (received += bytes.toString('latin1')));
  socket.on('error', () => undefined);
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  return { socket, received: () => received, closed };
}

/** A request as bytes; its body is announced, and not always sent. */
export function rawRequest(
  path: string,
  body: string,
  headers: Record<string, string | number> = {},
): string {
  const all = {
    host: 'localhost',
    'content-type': 'application/json',
    'content-length': body.length,
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`;
}
