import { TriptychClient } from '@triptych/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkHealth } from '../testing/check-health.js';
import { RATE, serveDemo, type TestServer } from '../testing/harness.js';

let test: TestServer;
beforeAll(async () => {
  test = await serveDemo({ maxCalls: 2 });
});
afterAll(() => test.close());

describe('the limit on metadata', () => {
  it('refuses what is longer, by name, and takes what is not', async () => {
    const ask = async (length: number) => {
      const metadata = () => ({ 'x-anything': 'x'.repeat(length) });
      const client = new TriptychClient(test.server.address, { metadata });
      return client.listModels().finally(() => client.close());
    };
    expect(await ask(16_000)).toHaveLength(1);
    await expect(ask(17_000)).rejects.toMatchObject({
      code: 8,
      details: { reason: 'METADATA_TOO_LARGE', retryDelayMs: undefined },
    });
  });
});

describe('metadata that no connection would survive', () => {
  it('is not sent by the client, unary or stream', async () => {
    let length = 100_000;
    const metadata = () => ({ 'x-anything': '~'.repeat(length) });
    const client = new TriptychClient(test.server.address, { metadata, ownConnections: true });
    await expect(client.listModels()).rejects.toMatchObject({ code: 3 });
    const stream = client.streamAudio();
    stream.configure({ format: { encoding: 1, sampleRateHz: RATE } });
    await expect(stream[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 3 });
    length = 100;
    expect(await client.listModels()).toHaveLength(1);
    client.close();
  });
});

describe('the limit on open calls', () => {
  it('holds over all connections, refuses what is beyond it, and makes room as calls end', async () => {
    const clients = [0, 1].map(() => new TriptychClient(test.server.address, { ownConnections: true }));
    const streams = clients.map((client) => client.streamAudio());
    const readers = streams.map((stream) => stream[Symbol.asyncIterator]());
    for (const [i, stream] of streams.entries()) {
      stream.configure({ format: { encoding: 1, sampleRateHz: RATE } });
      expect((await readers[i].next()).value).toHaveProperty('ready');
    }
    await expect(test.client.listModels()).rejects.toMatchObject({
      code: 8,
      details: { reason: 'OVERLOADED', retryDelayMs: 250 },
    });
    expect(await checkHealth(test.server.address)).toBe('SERVING');
    // One ends, one is cancelled: both make room, and refusals took none.
    streams[0].finish();
    streams[1].cancel();
    for (const reader of readers) await reader.next().catch(() => undefined);
    await expect.poll(() => test.client.listModels().catch(() => [])).toHaveLength(1);
    await Promise.all([test.client.listModels(), test.client.listModels()]);
    for (const client of clients) client.close();
  });
});
