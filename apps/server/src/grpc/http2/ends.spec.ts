import { once } from 'node:events';
import { connect, constants } from 'node:http2';
import { connect as connectSocket, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectionOf } from '../../calls/connection.js';
import { serveDemo, type TestServer } from '../../testing/harness.js';
import { metric } from '../../testing/metric.js';
import { frame, PREFACE } from '../../testing/raw-frames.js';
import { streamHeaders } from '../../testing/raw-stream.js';

/** No error, no streams. */
const GOAWAY = frame('goaway', { payload: [0, 0, 0, 0, 0, 0, 0, 0] });

let test: TestServer;
beforeAll(async () => {
  test = await serveDemo({ metricsListen: '127.0.0.1:0', keepaliveMs: 1000 });
});
afterAll(() => test.close());

describe('a connection', () => {
  it('is cut where its client says that it goes, and stays', async () => {
    await expect.poll(() => metric(test, 'triptych_connections')).toBe(0);
    const [host, port] = test.server.address.split(':');
    const socket = connectSocket({ host, port: Number(port), allowHalfOpen: true });
    socket.on('error', () => undefined).resume();
    socket.write(Buffer.concat([PREFACE, frame('settings', {})]));
    await expect.poll(() => metric(test, 'triptych_connections')).toBe(1);
    socket.write(GOAWAY);
    await expect.poll(() => metric(test, 'triptych_connections'), { timeout: 20_000 }).toBe(0);
    socket.destroy();
  });

  it('that is closing keeps its open calls, however long a client is silent', async () => {
    const session = connect(`http://${test.server.address}`);
    const call = session.request({ ...streamHeaders, ':path': '/triptych.v1.Models/List' });
    const asked = once(session, 'goaway');
    const streams = Array.from({ length: 700 }, () => session.request(streamHeaders));
    for (const stream of streams) stream.on('error', () => undefined).write(Buffer.alloc(5));
    await new Promise<void>((resolve) => session.ping(() => resolve()));
    for (const stream of streams) stream.close(constants.NGHTTP2_CANCEL);
    await asked;
    // Keepalive asks twice meanwhile.
    await sleep(2500);
    const trailers = once(call, 'trailers');
    call.resume().end(Buffer.alloc(5));
    expect((await trailers)[0]).toMatchObject({ 'grpc-status': '0' });
    session.close();
  });

  it('has no certificate once it is closed', () => {
    const socket = new TLSSocket(new Socket());
    socket.destroy();
    socket.authorized = true;
    expect(connectionOf(socket).certificate).toBeUndefined();
  });
});
