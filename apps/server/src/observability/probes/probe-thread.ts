import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import { BoundedConnections } from './bounded-connections.js';
import type { FromProbeThread, ProbeThreadData, ToProbeThread } from './messages.js';
import { SharedState } from './shared-state.js';

// Answers probes and scrapes over HTTP, away from the event loop that serves calls: see serveProbes.

/** An event loop that has not turned for so long is taken for dead. */
const DEAD_AFTER_MS = 5000;
const MOST_CONNECTIONS = 2048;
/** Scrapes that may wait for metrics at a time; pipelined ones are several of one connection. */
const MOST_WAITING = 512;
const LONGEST_WAIT_MS = 5000;
const SECOND_MS = 1000;

const { host, port, state: memory, contentType } = workerData as ProbeThreadData;
const state = new SharedState(memory);
const say = (message: FromProbeThread) => parentPort?.postMessage(message);

/** Scrapes that wait, and what gives up on each. */
const waiting = new Map<ServerResponse, NodeJS.Timeout>();
/** Metrics have been asked for and not come: scrapes that close early ask for no more of them. */
let isAsked = false;

function answer(
  response: ServerResponse,
  status: number,
  body: string | Uint8Array,
  type = 'text/plain; charset=utf-8',
): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) }).end(body);
  if (response.socket) connections.answered(response.socket);
}

function scrape(response: ServerResponse): void {
  if (waiting.size >= MOST_WAITING) return answer(response, 503, 'too many scrapes wait; try again later\n');
  const giveUp = () => {
    waiting.delete(response);
    answer(response, 503, 'the server is too busy to collect its metrics\n');
  };
  if (!isAsked) say({ kind: 'scraped' });
  isAsked = true;
  waiting.set(response, setTimeout(giveUp, LONGEST_WAIT_MS));
  response.once('close', () => {
    clearTimeout(waiting.get(response));
    waiting.delete(response);
  });
}

function collected({ text }: ToProbeThread): void {
  isAsked = false;
  for (const [response, timer] of waiting) {
    clearTimeout(timer);
    if (text) answer(response, 200, text, contentType);
    else answer(response, 500, 'metrics cannot be collected\n');
  }
  waiting.clear();
}

function handle({ method, url = '' }: IncomingMessage, response: ServerResponse): void {
  const path = url.split('?')[0];
  if (method !== 'GET' && method !== 'HEAD') return answer(response, 405, 'only GET is answered\n');
  const isAlive = state.silentMs < DEAD_AFTER_MS;
  if (path === '/livez')
    return isAlive
      ? answer(response, 200, 'alive\n')
      : answer(response, 503, 'the event loop stands still\n');
  if (path === '/readyz')
    return state.isReady && isAlive ? answer(response, 200, 'ready\n') : answer(response, 503, 'not ready\n');
  if (path === '/metrics') return scrape(response);
  return answer(response, 404, 'expected /livez, /readyz or /metrics\n');
}

// Probes are small and quick; whoever is neither is gone soon.
const server = createServer(
  {
    headersTimeout: 2 * SECOND_MS,
    requestTimeout: 2 * SECOND_MS,
    keepAliveTimeout: 5 * SECOND_MS,
    connectionsCheckingInterval: SECOND_MS / 2,
    maxHeaderSize: 8192,
  },
  handle,
);
server.maxRequestsPerSocket = 100;
server.timeout = 10 * SECOND_MS;
const connections = new BoundedConnections(server, MOST_CONNECTIONS);
parentPort?.on('message', collected);
server.once('error', ({ message }) => say({ kind: 'failed', message }));
server.listen({ host, port, backlog: 1024 }, () => {
  const bound = server.address() as AddressInfo;
  const shown = bound.address.includes(':') ? `[${bound.address}]` : bound.address;
  say({ kind: 'listening', address: `${shown}:${bound.port}`, port: bound.port });
});
