import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { Flags } from '../../config/read-config.js';
import { demoModel, RATE, serveDemo, type TestServer } from '../../testing/harness.js';
import { rawConnection, type RawConnection } from '../../testing/raw-http.js';

let test: TestServer;
afterEach(() => test.close());

const serve = async (flags: Flags = {}) => {
  test = await serveDemo({ models: [demoModel], http: '127.0.0.1:0', ...flags });
};

const PATH = '/triptych.v1.AudioEncoder/EncodeStream';
const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const MIB = 1024 * 1024;

async function metric(line: string): Promise<number> {
  const text = await (await fetch(`http://${test.server.httpAddress}/metrics`)).text();
  return Number(new RegExp(`^${line.replaceAll(/[{}"/]/g, '\\$&')} (.*)$`, 'm').exec(text)?.[1] ?? NaN);
}

/** A connection that asks for a WebSocket, and says nothing more by itself. */
async function upgrade(key = KEY): Promise<RawConnection> {
  const connection = await rawConnection(test.server.httpAddress!);
  connection.socket.write(
    `GET ${PATH} HTTP/1.1\r\nhost: localhost\r\nconnection: Upgrade\r\nupgrade: websocket\r\n` +
      `sec-websocket-version: 13\r\nsec-websocket-key: ${key}\r\n\r\n`,
  );
  await expect.poll(connection.received).toMatch(/^HTTP\/1\.1 [14]\d\d/);
  return connection;
}

/** The head of a binary frame, whose mask changes nothing. */
function head(length: number): Buffer {
  const bytes = Buffer.alloc(14);
  bytes.set([0x82, 0xff]);
  bytes.writeUInt32BE(length, 6);
  return bytes;
}

describe('frames that never end', () => {
  it('count from their first byte, and are refused where nothing makes room', async () => {
    await serve({ queueBytes: 16 * MIB, maxMessageBytes: 8 * MIB });
    const all = await Promise.all(Array.from({ length: 20 }, () => upgrade()));
    for (const { socket } of all) socket.write(Buffer.concat([head(7 * MIB), Buffer.alloc(2 * MIB)]));
    await expect.poll(() => metric('triptych_admitted_bytes')).toBeGreaterThan(4 * MIB);
    const refused = () =>
      all.filter(
        ({ received }) =>
          received().includes('"reason":"OVERLOADED"') && /\x03\xf5OVERLOADED$/.test(received()),
      );
    await expect.poll(() => refused().length).toBeGreaterThan(0);
    // Each may have a little, whatever the others hold.
    expect(await metric('triptych_admitted_bytes')).toBeLessThanOrEqual(20 * MIB);
    // What they hold goes with their connections, which do not wait for the rest.
    await refused()[0].closed;
    for (const { socket } of all) socket.destroy();
    await expect.poll(() => metric('triptych_admitted_bytes')).toBe(0);
  });

  it('are idle by what came of them: slow ones are not', async () => {
    await serve({ idleMs: 300 });
    const { socket, received } = await upgrade();
    socket.write(head(8 * MIB));
    for (let i = 0; i < 25; i++) {
      socket.write(Buffer.alloc(30_000));
      await sleep(100);
    }
    expect(received()).not.toContain('CALL_IDLE');
    await expect.poll(received).toContain('CALL_IDLE');
    socket.destroy();
  });
});

describe('messages that lie unread when their client goes', () => {
  it('are not counted any more', async () => {
    await serve();
    const { socket } = await upgrade();
    const text = (message: object) => {
      const bytes = Buffer.from(JSON.stringify(message));
      const start = Buffer.from([0x81, 0xfe, 0, 0, 0, 0, 0, 0]);
      start.writeUInt16BE(bytes.length, 2);
      return Buffer.concat([start, bytes]);
    };
    const format = { encoding: 'AUDIO_ENCODING_PCM_S16LE', sampleRateHz: RATE };
    const data = Buffer.alloc(3000).toString('base64');
    socket.write(
      text({ config: { format, windowMs: 100, hopMs: 10, options: { pooling: 'POOLING_NONE' } } }),
    );
    for (let sequence = 0; sequence < 1000; sequence++) socket.write(text({ chunk: { data, sequence } }));
    await expect.poll(() => metric('triptych_admitted_bytes')).toBeGreaterThan(0);
    socket.resetAndDestroy();
    await expect.poll(() => metric('triptych_admitted_bytes'), { timeout: 10_000 }).toBe(0);
  });
});

describe('clients that are asked whether they are there', () => {
  it('are gone where nothing comes, not where they send', async () => {
    await serve({ keepaliveMs: 1000 });
    const [silent, sending] = [await upgrade(), await upgrade()];
    let isClosed = false;
    void sending.closed.then(() => (isClosed = true));
    const timer = setInterval(() => sending.socket.write(Buffer.alloc(100)), 200);
    sending.socket.write(head(MIB));
    await silent.closed;
    await sleep(1500);
    clearInterval(timer);
    expect(isClosed).toBe(false);
    sending.socket.destroy();
  });
});

describe('a handshake that is none', () => {
  it('ends as a call of a client that has gone', async () => {
    await serve();
    const { received, closed } = await upgrade('no key');
    await closed;
    expect(received()).toMatch(/^HTTP\/1\.1 400 /);
    await expect.poll(() => metric(`triptych_calls_total{method="${PATH}",code="CANCELLED"}`)).toBe(1);
    expect(await metric(`triptych_calls_in_flight{method="${PATH}"}`)).toBe(0);
  });
});

describe('a frame behind the empty one', () => {
  it('is ignored, and all before it is answered', async () => {
    await serve();
    const { socket, received } = await upgrade();
    // config { format { encoding: 1, sample_rate_hz: RATE } }, the end, and what is no message.
    const config = [0x0a, 7, 0x12, 5, 0x08, 1, 0x10, 0x80 | (RATE & 0x7f), RATE >> 7];
    const frame = (bytes: number[]) => [0x82, 0x80 | bytes.length, 0, 0, 0, 0, ...bytes];
    socket.write(Buffer.from([...frame(config), ...frame([]), ...frame([0xff])]));
    // 1000, in a frame that closes.
    await expect.poll(received).toMatch(/\x88\x02\x03\xe8$|"error"/);
    expect(received()).toMatch(/"ready"[\s\S]*"summary"/);
    socket.destroy();
  });
});
