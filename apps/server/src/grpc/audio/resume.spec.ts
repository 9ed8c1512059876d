import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  AudioEncoding,
  type AudioStreamConfig,
  type AudioStreamResponse__Output,
  TriptychClient,
} from '@triptych/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCuttingProxy } from '../../testing/cutting-proxy.js';
import {
  maxDifference,
  serveDemo,
  speech,
  streamAll,
  type TestServer,
  vectorOf,
  windowsOf,
} from '../../testing/harness.js';

let demo: TestServer;
beforeAll(async () => {
  demo = await serveDemo();
});
afterAll(() => demo.close());

const s16 = (sampleRateHz: number, channels = 1) => ({
  encoding: AudioEncoding.AUDIO_ENCODING_PCM_S16LE,
  sampleRateHz,
  channels,
});
/** Three seconds of speech. */
const pcm = Buffer.concat(['pizza-a', 'volcano-b', 'sailboat-a', 'cherries-a'].map(speech)).subarray(
  0,
  96_000,
);

/** Streams through a connection that is cut again and again. */
async function streamCut(
  config: AudioStreamConfig,
  bytes: Uint8Array,
  { piece = 1600, cutEvery = 9, flushes = [] as readonly number[] } = {},
): Promise<{ answers: AudioStreamResponse__Output[]; connections: number }> {
  const proxy = await startCuttingProxy(demo.server.address);
  const client = new TriptychClient(proxy.address);
  const stream = client.resumingAudio(config, { firstWaitMs: 10, maxAttempts: 30 });
  const sending = (async () => {
    for (let at = 0, i = 0; at < bytes.length; at += piece, i++) {
      await stream.send(bytes.subarray(at, at + piece), { flush: flushes.includes(i) });
      await sleep(4);
      if (i % cutEvery === cutEvery - 1) proxy.cut();
    }
    stream.finish();
  })();
  const answers: AudioStreamResponse__Output[] = [];
  for await (const answer of stream) answers.push(answer);
  await sending;
  client.close();
  const { connections } = proxy;
  await proxy.close();
  return { answers, connections };
}

function expectSame(found: AudioStreamResponse__Output[], expected: AudioStreamResponse__Output[]): void {
  const [a, b] = [windowsOf(found), windowsOf(expected)];
  const place = ({ index, startSample, endSample, partial }: (typeof a)[number]) => [
    index,
    startSample,
    endSample,
    partial,
  ];
  expect(a.map(place)).toEqual(b.map(place));
  a.forEach((window, i) => {
    if (b[i].error) expect(window.error).toEqual(b[i].error);
    else expect(maxDifference(vectorOf(window), vectorOf(b[i])), `window ${i}`).toBeLessThanOrEqual(1e-5);
  });
  expect(found.at(-1)?.summary).toEqual(expected.at(-1)?.summary);
  expect(found.filter(({ ready }) => ready)).toHaveLength(1);
}

describe('a stream whose connection grows too old', () => {
  it('goes on with another, and gives every window once', async () => {
    const young = await serveDemo({
      connectionAgeMs: 300,
      connectionGraceMs: 50,
      metricsListen: '127.0.0.1:0',
    });
    const config = { format: s16(16_000), windowMs: 300 };
    const stream = young.client.resumingAudio(config, { firstWaitMs: 10, maxAttempts: 30 });
    const sending = (async () => {
      for (let at = 0; at < pcm.length; at += 1600, await sleep(25))
        await stream.send(pcm.subarray(at, at + 1600));
      stream.finish();
    })();
    const answers: AudioStreamResponse__Output[] = [];
    for await (const answer of stream) answers.push(answer);
    await sending;
    const metrics = await (await fetch(`http://${young.server.metricsAddress}/metrics`)).text();
    const calls = /calls_total\{method="[^"]*EncodeStream",code="\w+"\} (\d+)/g;
    const opened = [...metrics.matchAll(calls)].reduce((sum, [, count]) => sum + Number(count), 0);
    expect(opened).toBeGreaterThan(2);
    expectSame(answers, await streamAll(demo.client, config, pcm, [1600]));
    await young.close();
  });
});

describe('a stream that is cut again and again', () => {
  it.each<[string, AudioStreamConfig]>([
    ['windows side by side', { format: s16(16_000), windowMs: 300 }],
    ['windows that overlap', { format: s16(16_000), windowMs: 500, hopMs: 130 }],
    ['another rate', { format: s16(44_100), windowMs: 200, hopMs: 70 }],
    ['two channels of a rate that divides nothing', { format: s16(11_025, 2), windowMs: 400 }],
  ])('gives every window once, the same as one that is not: %s', async (_, config) => {
    const expected = await streamAll(demo.client, config, pcm, [1600]);
    const { answers, connections } = await streamCut(config, pcm);
    expect(connections).toBeGreaterThan(3);
    expectSame(answers, expected);
  });

  it('keeps flushes', async () => {
    const config = { format: s16(16_000), windowMs: 1000 };
    const flushes = [7, 20, 21, 40];
    const stream = demo.client.streamAudio();
    stream.configure(config);
    for (let at = 0, i = 0; at < pcm.length; at += 1600, i++)
      await stream.send(pcm.subarray(at, at + 1600), { flush: flushes.includes(i) });
    stream.finish();
    const expected: AudioStreamResponse__Output[] = [];
    for await (const answer of stream) expected.push(answer);
    expectSame((await streamCut(config, pcm, { flushes, cutEvery: 6 })).answers, expected);
  });

  it('decodes a container anew', async () => {
    const config = { format: { encoding: AudioEncoding.AUDIO_ENCODING_CONTAINER }, windowMs: 300 };
    const wav = readFileSync(new URL('../../../../../examples/speech/pizza-a.wav', import.meta.url));
    const expected = await streamAll(demo.client, config, wav, [1600]);
    expectSame((await streamCut(config, wav, { cutEvery: 6 })).answers, expected);
  });
});

describe('a container of which more came than may be kept', () => {
  const config = { format: { encoding: AudioEncoding.AUDIO_ENCODING_CONTAINER }, windowMs: 300 };
  const wav = readFileSync(new URL('../../../../../examples/speech/pizza-a.wav', import.meta.url));

  it('goes on, and fails where its connection breaks off', async () => {
    const proxy = await startCuttingProxy(demo.server.address);
    const client = new TriptychClient(proxy.address);
    const stream = client.resumingAudio(config, { maxLogBytes: 8000, firstWaitMs: 1 });
    const answers = stream[Symbol.asyncIterator]();
    await answers.next();
    for (let at = 0; at < 20_000; at += 1600) await stream.send(wav.subarray(at, at + 1600));
    expect((await answers.next()).value).toMatchObject({ window: { index: 0 } });
    proxy.cut();
    const rest = (async () => {
      while (!(await answers.next()).done);
    })();
    await expect(rest).rejects.toMatchObject({ code: 14 });
    client.close();
    await proxy.close();
  });
});

describe('a stream that goes on', () => {
  it.each([
    [
      { windowIndex: 1, windowStartSample: 100, coveredSample: 100, audioStartSample: 200 },
      'audio_start_sample',
    ],
    [{ windowIndex: 1, windowStartSample: 100, coveredSample: 50, audioStartSample: 0 }, 'covered_sample'],
    [
      { windowIndex: 0, windowStartSample: 100, coveredSample: 100, audioStartSample: 100 },
      'window_start_sample',
    ],
    [{ windowIndex: 0, windowStartSample: 0, coveredSample: 100, audioStartSample: 0 }, 'covered_sample'],
  ])('from a place that cannot be is refused: %j', async (resume, field) => {
    const refused = streamAll(demo.client, { format: s16(16_000), resume: { ...resume, sequence: 0 } }, pcm);
    await expect(refused).rejects.toMatchObject({
      code: 3,
      details: { reason: 'WINDOW_INVALID', violations: [{ field: `config.resume.${field}` }] },
    });
  });

  it('gives up where no server answers', async () => {
    const proxy = await startCuttingProxy('127.0.0.1:1');
    const client = new TriptychClient(proxy.address);
    const stream = client.resumingAudio({ format: s16(16_000) }, { firstWaitMs: 1, maxAttempts: 2 });
    await stream.send(pcm.subarray(0, 1000));
    await expect(stream[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 14 });
    client.close();
    await proxy.close();
  });
});
