import { TriptychClient } from '@triptych/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { RATE, serveDemo, speech, streamAll, type TestServer, windowsOf } from '../../testing/harness.js';
import { metric } from '../../testing/metric.js';

const QUEUE_ITEMS = 16;
const STREAMS = 48;
const config = { format: { encoding: 1 as const, sampleRateHz: RATE }, windowMs: 100, context: 2 as const };
const second = speech('pizza-a').subarray(0, 2 * RATE);

let test: TestServer;
beforeAll(async () => {
  test = await serveDemo({
    queueItems: QUEUE_ITEMS,
    maxTexts: QUEUE_ITEMS,
    maxClips: QUEUE_ITEMS,
    maxImages: QUEUE_ITEMS,
    metricsListen: '127.0.0.1:0',
  });
});
afterAll(() => test.close());

const windowsInWork = () => metric(test, 'triptych_admitted_items');
const windowsAhead = () => metric(test, 'triptych_windows_ahead');

it('makes no more windows of all streams of a caller than would fill the places, and all of them in the end', async () => {
  let isOver = false;
  const streams = Promise.all(
    Array.from({ length: STREAMS }, () => streamAll(test.client, config, second, [second.length])),
  ).finally(() => (isOver = true));
  let [most, mostAhead] = [0, 0];
  while (!isOver) {
    most = Math.max(most, await windowsInWork());
    mostAhead = Math.max(mostAhead, await windowsAhead());
  }
  for (const answers of await streams) expect(windowsOf(answers)).toHaveLength(10);
  expect(most).toBeGreaterThan(QUEUE_ITEMS / 2);
  expect(most).toBeLessThanOrEqual(QUEUE_ITEMS);
  expect(mostAhead).toBeGreaterThan(QUEUE_ITEMS / 2);
  expect(mostAhead).toBeLessThanOrEqual(QUEUE_ITEMS);
});

it('lets a caller that has none make as many as one stream may, beside another that always has some', async () => {
  const own = await serveDemo({ queueItems: 4, maxTexts: 4, maxClips: 4, maxImages: 4, streamWindows: 12 });
  const other = new TriptychClient(own.server.address, { ownConnections: true });
  let isOver = false;
  const busy = Array.from({ length: 3 }, async () => {
    while (!isOver) await streamAll(other, config, second, [second.length]);
  });
  const answers = await streamAll(own.client, config, second, [second.length]);
  isOver = true;
  expect(windowsOf(answers)).toHaveLength(10);
  await Promise.all(busy);
  other.close();
  await own.close();
});

it('gives back the room of streams that break off', async () => {
  for (let round = 0; round < 3; round++) {
    const streams = Array.from({ length: STREAMS }, () => test.client.streamAudio());
    const failures = streams.map(async (stream) => {
      stream.configure(config);
      // The server is busy with the others' windows when it is cancelled.
      await stream.send(second);
      stream.cancel();
    });
    await Promise.all(failures);
  }
  const answers = await streamAll(test.client, config, second, [second.length]);
  expect(windowsOf(answers)).toHaveLength(10);
  await expect.poll(windowsInWork).toBe(0);
  await expect.poll(windowsAhead).toBe(0);
});
