import { lookup } from 'node:dns/promises';
import { lstat } from 'node:fs/promises';
import { connect, createServer, isIP, type ListenOptions, type Server } from 'node:net';
import { dirname } from 'node:path';
import { messageOf } from '@triptych/core';
import { socketPath } from '../config/paths.js';
import { portOwner, unixSocketOwner } from './socket-owner.js';

/** The longest path that the address of a Unix socket can hold. */
const MOST_SOCKET_PATH_BYTES = process.platform === 'linux' ? 107 : 103;

/** HOST:PORT in its parts, without the brackets of an IPv6 address. */
export function splitAddress(listen: string): { host: string; port: number } {
  const at = listen.lastIndexOf(':');
  return { host: listen.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(listen.slice(at + 1)) };
}

/** Why HOST:PORT or unix:PATH cannot be listened on, found by trying; undefined where it can. */
export async function listenProblem(listen: string): Promise<string | undefined> {
  if (listen.startsWith('unix:')) return socketProblem(socketPath(listen));
  const { host, port } = splitAddress(listen);
  let addresses: string[];
  try {
    addresses = isIP(host) ? [host] : (await lookup(host, { all: true })).map(({ address }) => address);
  } catch (thrown) {
    return explainListenError(thrown, listen);
  }
  const failures: unknown[] = [];
  for (const address of addresses) {
    const failure = await tryListening({ host: address, port });
    if (codeOf(failure) === 'EADDRINUSE') return explainListenError(failure, listen, address);
    if (failure) failures.push(failure);
  }
  // A name may stand for an address of each family where a machine has one only.
  return failures.length < addresses.length ? undefined : explainListenError(failures[0], listen);
}

/** What a failed attempt to listen means, in words that help. `address`: which of a name's it was. */
export async function explainListenError(thrown: unknown, listen: string, address?: string): Promise<string> {
  const { host, port } = splitAddress(listen);
  switch (codeOf(thrown)) {
    case 'EADDRINUSE': {
      const owner = await portOwner(address ?? host, port);
      if (owner !== undefined) return `${listen} is taken by ${owner}; stop it, or take another port`;
      const look =
        process.platform === 'linux' ? `ss -ltnp 'sport = :${port}'` : `lsof -nP -iTCP:${port} -sTCP:LISTEN`;
      return `${listen} is taken by a process that \`sudo ${look}\` shows; take another port`;
    }
    case 'EACCES':
      return `${listen} may not be taken by this user: ports below 1024 are privileged; take a higher one`;
    case 'EADDRNOTAVAIL':
      return `${host} is no address of this machine; 0.0.0.0 is all of its own, 127.0.0.1 is itself alone`;
    case 'EAFNOSUPPORT':
      return `${host}: this machine has no addresses of this family`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `${host} is no host that can be found; 0.0.0.0 is all addresses of this machine`;
    default:
      return `cannot listen on ${listen}: ${messageOf(thrown)}`;
  }
}

async function socketProblem(path: string): Promise<string | undefined> {
  if (Buffer.byteLength(path) > MOST_SOCKET_PATH_BYTES)
    return `${path} is longer than the ${MOST_SOCKET_PATH_BYTES} bytes that a Unix socket's path may have`;
  const found = await lstat(path).catch(() => undefined);
  if (found && !found.isSocket()) return `${path} exists, and is no socket; take another path`;
  if (found && !(await isAbandoned(path))) {
    const owner = (await unixSocketOwner(path)) ?? 'a process that `sudo lsof -U` shows';
    return `${path} is in use by ${owner}; stop it, or take another path`;
  }
  const folder = await lstat(dirname(path)).catch(() => undefined);
  if (!folder) return `${path}: there is no folder ${dirname(path)}`;
  if (found) return undefined;
  const failure = await tryListening({ path });
  if (codeOf(failure) === 'EACCES') return `${path}: this user may not write to ${dirname(path)}`;
  return failure === undefined ? undefined : `cannot listen on ${path}: ${messageOf(failure)}`;
}

/** True for a socket that nobody listens on any more: its process was killed before it could remove it. */
export function isAbandoned(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => resolve(false)).once('error', (e) => resolve(codeOf(e) === 'ECONNREFUSED'));
    socket.once('close', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

function tryListening(options: ListenOptions): Promise<unknown> {
  return new Promise((resolve) => {
    const server: Server = createServer();
    server.once('error', resolve);
    server.listen({ ...options, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}

function codeOf(thrown: unknown): string | undefined {
  return (thrown as NodeJS.ErrnoException | undefined)?.code;
}
