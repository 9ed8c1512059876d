import { once } from 'node:events';
import { type ClientHttp2Session, connect, createServer, type Http2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openInTurns } from './open-in-turns.js';

const STREAMS = 500;
/** What opening one stream takes of the event loop. */
const WORK_MS = 1;

let server: Http2Server;
let opened: string[];
const clients: ClientHttp2Session[] = [];

beforeEach(async () => {
  opened = [];
  server = createServer();
  openInTurns(server);
  server.on('stream', (stream, headers) => {
    opened.push(String(headers[':path']));
    for (const until = performance.now() + WORK_MS; performance.now() < until;);
    stream.respond();
    stream.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  server.close();
  await once(server, 'close');
});

async function connected(): Promise<ClientHttp2Session> {
  const client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  clients.push(client);
  await once(client, 'connect');
  return client;
}

it('opens another connection’s stream in its turn, however many one connection opens', async () => {
  const [many, one] = await Promise.all([connected(), connected()]);
  for (let i = 0; i < STREAMS; i++) many.request({ ':path': '/many' }).resume();
  const other = one.request({ ':path': '/one' }).resume();
  await once(other, 'end');
  expect(opened.indexOf('/one')).toBeLessThan(STREAMS / 2);
  await expect.poll(() => opened.length).toBe(STREAMS + 1);
});

it('opens streams of a connection in the order they came, and none that was reset while it waited', async () => {
  const client = await connected();
  const streams = Array.from({ length: STREAMS }, (_, i) => client.request({ ':path': `/${i}` }).resume());
  const [last] = streams.slice(-1);
  last.close();
  await expect.poll(() => opened.length).toBe(STREAMS - 1);
  expect(opened).toEqual(Array.from({ length: STREAMS - 1 }, (_, i) => `/${i}`));
});
