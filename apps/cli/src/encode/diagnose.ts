import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { messageOf } from '@triptych/core';

/** Longest that a host may take to accept a connection, or to greet. */
const PATIENCE_MS = 5000;

/** HOST and PORT of an address that names one of each. */
export function hostAndPort(address: string): { host: string; port: number } | undefined {
  const match = /^(?:dns:(?:\/\/[^/]*\/)?|ipv4:|ipv6:)?(\[[^\]]+\]|[^:/,]+):(\d{1,5})$/.exec(address);
  if (!match) return undefined;
  const [, host, port] = match;
  return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) };
}

/** Why no call reaches this address, found by connecting to it once more; undefined where it cannot be told. */
export async function whyUnreachable(address: string, ca: Buffer | undefined): Promise<string | undefined> {
  const target = hostAndPort(address);
  if (!target) return undefined;
  let socket: Socket;
  try {
    socket = await settled(connectTcp(target), 'connect');
  } catch (thrown) {
    return connectProblem(thrown, target.host);
  }
  try {
    const tls = connectTls({
      socket,
      ALPNProtocols: ['h2'],
      ...(ca === undefined ? { rejectUnauthorized: false } : { ca }),
      // An address is compared with the certificate's own; as a server's name it may not be sent.
      ...(/^[\d.]+$|:/.test(target.host) ? { host: target.host } : { servername: target.host }),
    });
    await settled(tls, 'secureConnect');
    tls.destroy();
    return ca === undefined
      ? 'the server speaks TLS; name the file of its certificate authority with --tls-ca FILE'
      : undefined;
  } catch (thrown) {
    return ca === undefined ? undefined : tlsProblem(thrown);
  } finally {
    socket.destroy();
  }
}

/** The socket once it has come so far. */
async function settled<S extends Socket>(socket: S, event: 'connect' | 'secureConnect'): Promise<S> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      socket.destroy();
      reject(Object.assign(new Error(`no answer within ${PATIENCE_MS / 1000} s`), { code: 'ETIMEDOUT' }));
    }, PATIENCE_MS);
    socket.once(event, () => {
      clearTimeout(timer);
      resolve(socket);
    });
    socket.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    socket.once('close', () => {
      clearTimeout(timer);
      reject(Object.assign(new Error('it closes the connection'), { code: 'ECONNRESET' }));
    });
  });
}

function connectProblem(thrown: unknown, host: string): string {
  switch ((thrown as NodeJS.ErrnoException).code) {
    case 'ECONNREFUSED':
      return 'nothing listens there (connection refused); is the server running, and is it this port?';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `the name ${host} is not known (DNS has no address for it)`;
    case 'ETIMEDOUT':
      return `no answer within ${PATIENCE_MS / 1000} s; is the host right, and does a firewall let this port through?`;
    default:
      return messageOf(thrown);
  }
}

function tlsProblem(thrown: unknown): string {
  const { code = '' } = thrown as NodeJS.ErrnoException;
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'ECONNRESET' || code.startsWith('ERR_SSL_PACKET'))
    return 'the server does not speak TLS; leave out --tls-ca';
  return `its certificate is not accepted by the authorities of --tls-ca: ${messageOf(thrown)}`;
}
