import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { messageOf, TriptychError } from '@triptych/core';
import type { Metrics } from './metrics.js';

/** A port for probes and Prometheus. */
export interface ObservedPort {
  readonly address: string;
  close(): Promise<void>;
}

/**
 * Serves `/livez` (200 while the event loop turns), `/readyz` (200 while calls are answered, otherwise 503) and `/metrics`
 * on HOST:PORT. Throws CONFIG_INVALID where it cannot listen there.
 */
export async function serveHttp(
  listen: string,
  metrics: Metrics,
  isReady: () => boolean,
): Promise<ObservedPort> {
  const server = createServer((request, response) => {
    const path = (request.url ?? '').split('?')[0];
    const answer = (status: number, body: string, type = 'text/plain; charset=utf-8') =>
      response.writeHead(status, { 'content-type': type }).end(body);
    if (request.method !== 'GET' && request.method !== 'HEAD') answer(405, 'only GET is answered\n');
    else if (path === '/livez') answer(200, 'alive\n');
    else if (path === '/readyz') answer(isReady() ? 200 : 503, isReady() ? 'ready\n' : 'not ready\n');
    else if (path === '/metrics') {
      metrics.registry.metrics().then(
        (text) => answer(200, text, metrics.registry.contentType),
        () => answer(500, 'metrics cannot be collected\n'),
      );
    } else answer(404, 'expected /livez, /readyz or /metrics\n');
  });
  // Probes are small and quick; whoever is neither is gone soon.
  server.requestTimeout = 5000;
  server.headersTimeout = 5000;
  server.maxConnections = 64;
  await listenOn(server, listen);
  const { address, port } = server.address() as AddressInfo;
  return {
    address: `${address.includes(':') ? `[${address}]` : address}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listenOn(server: Server, listen: string): Promise<void> {
  const at = listen.lastIndexOf(':');
  const host = listen.slice(0, at).replace(/^\[|\]$/g, '');
  return new Promise((resolve, reject) => {
    server.once('error', (cause) =>
      reject(
        new TriptychError('CONFIG_INVALID', `cannot listen on ${listen}: ${messageOf(cause)}`, { cause }),
      ),
    );
    server.listen(Number(listen.slice(at + 1)), host, resolve);
  });
}
