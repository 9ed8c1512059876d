import { type ClientHttp2Session, connect } from 'node:http2';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveDemo, type TestServer } from '../../testing/harness.js';
import { metric } from '../../testing/metric.js';
import { framed, streamHeaders } from '../../testing/raw-stream.js';

const CHUNK_BYTES = 32_000;
let test: TestServer;
let session: ClientHttp2Session;
beforeAll(async () => {
  test = await serveDemo({ metricsListen: '127.0.0.1:0' });
  // No answer can be sent: its stream's handler waits, and reads no further.
  session = connect(`http://${test.server.address}`, { settings: { initialWindowSize: 0 } });
});
afterAll(() => {
  session.destroy();
  return test.close();
});

describe('a stream whose handler does not read on', () => {
  it('is read a bounded number of bytes ahead, not a number of messages', async () => {
    const stream = session.request(streamHeaders);
    stream.on('error', () => undefined);
    const format = { encoding: 1, sampleRateHz: 16_000 };
    stream.write(framed({ config: { format, windowMs: 1000, context: 2 } }));
    for (let i = 0; i < 200; i++) stream.write(framed({ chunk: { data: Buffer.alloc(CHUNK_BYTES, i) } }));
    // Until nothing more is taken from the connection.
    const held: number[] = [];
    do {
      await sleep(500);
      held.push(await metric(test, 'triptych_admitted_bytes'));
    } while (held.length < 4 || held.at(-1) !== held.at(-3));
    expect(held.at(-1)).toBeGreaterThan(CHUNK_BYTES);
    expect(held.at(-1)).toBeLessThan(10 * CHUNK_BYTES);
  });
});
