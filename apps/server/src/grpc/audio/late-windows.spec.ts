import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RATE, serveDemo, speech, streamAll, type TestServer, windowsOf } from '../../testing/harness.js';

const config = { format: { encoding: 1 as const, sampleRateHz: RATE }, windowMs: 100, tail: 2 as const };
const audio = Buffer.concat([speech('pizza-a'), speech('volcano-b'), speech('sailboat-a')]);

let test: TestServer;
beforeAll(async () => {
  test = await serveDemo();
});
afterAll(() => test.close());

/** Streams audio as fast as it is taken, beside others that keep the encoder busy. */
async function streamBusy(maxLagMs: number) {
  let isOver = false;
  const clips = Array.from({ length: 8 }, () => ({ format: config.format, data: audio.subarray(0, 60_000) }));
  const busy = Array.from({ length: 4 }, async () => {
    while (!isOver) await test.client.encodeAudio({ clips });
  });
  const answers = await streamAll(test.client, { ...config, maxLagMs }, audio, [32_000]);
  isOver = true;
  await Promise.all(busy);
  const windows = windowsOf(answers);
  return { windows, summary: answers.at(-1)!.summary!, late: windows.filter(({ error }) => error) };
}

describe('windows of a stream that wants none that are late', () => {
  it('are dropped where they cannot be in time, each in its place, and counted', async () => {
    const { windows, summary, late } = await streamBusy(1);
    expect(windows.map(({ index }) => Number(index))).toEqual(windows.map((_, i) => i));
    expect(late.length).toBeGreaterThan(0);
    for (const { error } of late)
      expect(error).toMatchObject({ code: 4, reason: 'WINDOW_LATE', retryable: false });
    expect(summary).toMatchObject({ windows: windows.length, lateWindows: late.length });
  });

  it('all come where none is late, and where it asks for nothing', async () => {
    for (const maxLagMs of [60_000, 0]) {
      const { summary, late } = await streamBusy(maxLagMs);
      expect(late).toEqual([]);
      expect(summary.lateWindows).toBe(0);
    }
  });
});
