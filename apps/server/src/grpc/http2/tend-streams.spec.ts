import { once } from 'node:events';
import { createServer, type Http2Server, type ServerHttp2Stream } from 'node:http2';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { frame, PREFACE } from '../../testing/raw-frames.js';
import { tendStreams } from './tend-streams.js';

/** SETTINGS_INITIAL_WINDOW_SIZE of 0: nothing that is answered may be sent. */
const NO_WINDOW = [0, 4, 0, 0, 0, 0];
/** `:method: POST`, `:path: /`, `:scheme: http`, `:authority: a`. */
const HEADERS = [0x83, 0x84, 0x86, 0x41, 0x01, 0x61];
const END_HEADERS = 4;
const NO_ERROR = [0, 0, 0, 0];

let server: Http2Server;
let client: Socket;
let stream: ServerHttp2Stream;
beforeEach(async () => {
  // Before the session is there, whose streams are looked at by it.
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  server = createServer();
  tendStreams(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  client = connect(port, '127.0.0.1').resume();
  const opened = once(server, 'stream') as Promise<[ServerHttp2Stream]>;
  client.write(PREFACE);
  client.write(frame('settings', { payload: NO_WINDOW }));
  client.write(frame('headers', { flags: END_HEADERS, stream: 1, payload: HEADERS }));
  [stream] = await opened;
  stream.resume().respond({ ':status': 200 });
});
afterEach(() => {
  vi.useRealTimers();
  client.destroy();
  server.close();
});

async function reset(): Promise<void> {
  client.write(frame('reset', { stream: 1, payload: NO_ERROR }));
  await expect.poll(() => stream.closed).toBe(true);
}

it('ends a stream that is reset without an error while more of its answer may come', async () => {
  stream.write(Buffer.alloc(1000));
  await reset();
  await expect.poll(() => stream.destroyed).toBe(true);
});

it('ends at the second look one that is reset without an error while the end of its answer waits to be sent', async () => {
  stream.end(Buffer.alloc(1000));
  await reset();
  vi.advanceTimersByTime(5000);
  expect(stream.destroyed).toBe(false);
  vi.advanceTimersByTime(5000);
  expect(stream.destroyed).toBe(true);
});
