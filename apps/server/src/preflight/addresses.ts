import { BlockList, isIP } from 'node:net';
import type { ServerConfig } from '../config/settings.js';
import { splitAddress } from './listen-problem.js';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** A sentence where calls and metrics are to be on one port. */
export function sameAddress({ listen, metricsListen }: ServerConfig): string | undefined {
  if (metricsListen === '' || listen.startsWith('unix:')) return undefined;
  const [calls, metrics] = [splitAddress(listen), splitAddress(metricsListen)];
  const isAny = ({ host }: { host: string }) => host === '0.0.0.0' || host === '::';
  const clash = calls.host === metrics.host || isAny(calls) || isAny(metrics);
  if (calls.port === 0 || calls.port !== metrics.port || !clash) return undefined;
  return `${metricsListen} is where calls are served (${listen}); take another port`;
}

/** A warning where anybody who reaches the server may call it. */
export function openToAll({ listen, tokens, tlsClientCa }: ServerConfig): string | undefined {
  if (listen.startsWith('unix:') || tokens !== '' || tlsClientCa !== '') return undefined;
  const { host } = splitAddress(listen);
  const family = isIP(host);
  if (host === 'localhost' || (family && loopback.check(host, family === 6 ? 'ipv6' : 'ipv4')))
    return undefined;
  return (
    `${listen} is open: whoever reaches it may call, for no tokens (--tokens) and no client certificates ` +
    '(--tls-client-ca) are asked for. Let only a mesh or a proxy reach it, or listen on 127.0.0.1'
  );
}
