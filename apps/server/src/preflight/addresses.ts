import { BlockList, isIP } from 'node:net';
import type { ServerConfig } from '../config/settings.js';
import { splitAddress } from './listen-problem.js';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** A sentence where two of a server's addresses are one. */
export function sameAddress(one: string, other: string, what: string): string | undefined {
  if (one === '' || other === '' || other.startsWith('unix:')) return undefined;
  const [a, b] = [splitAddress(one), splitAddress(other)];
  const isAny = ({ host }: { host: string }) => host === '0.0.0.0' || host === '::';
  const clash = a.host === b.host || isAny(a) || isAny(b);
  if (a.port === 0 || a.port !== b.port || !clash) return undefined;
  return `${one} is where ${what} (${other}); take another port`;
}

/** A warning where anybody who reaches the server may call it. */
export function openToAll(
  listen: string,
  { tokens, tlsClientCa }: Pick<ServerConfig, 'tokens' | 'tlsClientCa'>,
): string | undefined {
  if (listen === '' || listen.startsWith('unix:') || tokens !== '' || tlsClientCa !== '') return undefined;
  const { host } = splitAddress(listen);
  const family = isIP(host);
  if (host === 'localhost' || (family && loopback.check(host, family === 6 ? 'ipv6' : 'ipv4')))
    return undefined;
  return (
    `${listen} is open: whoever reaches it may call, for no tokens (--tokens) and no client certificates ` +
    '(--tls-client-ca) are asked for. Let only a mesh or a proxy reach it, or listen on 127.0.0.1'
  );
}
