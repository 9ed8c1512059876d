import { once } from 'node:events';
import { connect } from 'node:http2';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TriptychClient } from '@triptych/client';
import { afterEach, describe, expect, it } from 'vitest';
import { startServer } from './compose.js';
import { readConfig } from './config/read-config.js';
import { checkHealth } from './testing/check-health.js';
import {
  demoModel,
  RATE,
  serveDemo,
  speech,
  streamAll,
  type TestServer,
  vectorOf,
  windowsOf,
} from './testing/harness.js';
import { silentLogger } from '@triptych/core';

let test: TestServer;
afterEach(() => test.close());

const pcm = speech('pizza-a');
const format = { encoding: 1 as const, sampleRateHz: RATE };
const encode = (client: TriptychClient) =>
  client.encodeAudio({ clips: [{ format, data: Buffer.from(pcm) }] });

const health = (service: string) => checkHealth(test.server.address, service);

async function until(condition: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 10_000;
  while (!(await condition())) {
    expect(Date.now()).toBeLessThan(end);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('a server', () => {
  it('lists its models and tells its health, whole and by service', async () => {
    test = await serveDemo();
    const [model] = await test.client.listModels();
    expect(model).toMatchObject({
      name: 'demo-whisper',
      architecture: 'whisper-encoder',
      weightType: 'float32',
      parameters: 898560,
    });
    expect(model.encoders).toMatchObject([
      {
        modality: 1,
        dimensions: 128,
        poolings: [1, 2, 6],
        isDefault: true,
        audio: { sampleRateHz: RATE, contextMs: 4000, minMs: 100 },
      },
    ]);
    expect(await health('')).toBe('SERVING');
    expect(await health('triptych.v1.AudioEncoder')).toBe('SERVING');
    expect(await health('triptych.v1.Models')).toBe('SERVING');
    for (const unserved of ['ImageEncoder', 'TextEncoder', 'CrossModal'])
      expect(await health(`triptych.v1.${unserved}`)).toBe('NOT_SERVING');
  });

  it('loses only what a killed inference worker held, says so, and is back', async () => {
    test = await serveDemo();
    const before = vectorOf((await encode(test.client)).results[0]);
    const { worker } = test.server.models.models[0].audio!.encoder;
    const held = Promise.all(Array.from({ length: 8 }, () => encode(test.client)));
    await new Promise((resolve) => setTimeout(resolve, 15));
    await worker.kill();
    const lost = (await held).flatMap(({ results }) => results).filter((r) => r.error);
    expect(lost.length).toBeGreaterThan(0);
    for (const { error } of lost) expect(error).toMatchObject({ code: 14, retryable: true });
    expect(await health('')).toBe('NOT_SERVING');
    await until(async () => (await health('')) === 'SERVING');
    expect(vectorOf((await encode(test.client)).results[0])).toEqual(before);
    expect(worker.restarts).toBe(1);
  });

  it('refuses what does not fit its queue, retryable', async () => {
    test = await serveDemo({ queueItems: 1 });
    const outcomes = await Promise.allSettled(Array.from({ length: 24 }, () => encode(test.client)));
    const refused = outcomes.flatMap((o) => (o.status === 'rejected' ? [o.reason as object] : []));
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.length).toBeLessThan(24);
    for (const error of refused)
      expect(error).toMatchObject({
        code: 8,
        details: { reason: 'OVERLOADED', retryDelayMs: expect.any(Number) as number },
      });
  });

  it('does not read a stream faster than its answers are read, and frees it when it is cancelled', async () => {
    test = await serveDemo({ streamWindows: 2 });
    const stream = test.client.streamAudio();
    // Frame by frame, so that a few unread answers fill every buffer between the two.
    stream.configure({ format, windowMs: 4000, hopMs: 100, options: { pooling: 6 } });
    let sent = 0;
    const flood = (async () => {
      for (; sent < 4000; sent++) await stream.send(new Uint8Array(32_000));
    })();
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const before = sent;
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(sent - before).toBeLessThanOrEqual(before);
    expect(sent).toBeLessThan(400);
    stream.cancel();
    await flood;
    expect((await encode(test.client)).results[0].embedding).toBeDefined();
  });

  it('hears of calls that the client cancels as soon as it has opened them', async () => {
    test = await serveDemo({ metricsListen: '127.0.0.1:0' });
    // Over a connection that is ready, the second of two such calls reaches the server.
    await test.client.listModels();
    const url = `http://${test.server.metricsAddress}/metrics`;
    const calls = async (name: string) => {
      const label = '\\{method="/triptych.v1.AudioEncoder/EncodeStream"[^}]*\\} (\\d+)';
      return Number(new RegExp(name + label).exec(await (await fetch(url)).text())?.[1] ?? 0);
    };
    for (let i = 0; (await calls('calls_total')) === 0 && i < 100; i++) {
      const stream = test.client.streamAudio();
      stream.configure({ format, windowMs: 500 });
      stream.cancel();
      await expect(stream[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 1 });
    }
    expect(await calls('calls_total')).toBeGreaterThan(0);
    await expect.poll(() => calls('calls_in_flight')).toBe(0);
  });

  it('drains: answers what is in flight, refuses what is new', async () => {
    test = await serveDemo({ drainMs: 5000 });
    const { client } = test;
    const stream = client.streamAudio();
    stream.configure({ format, windowMs: 500 });
    const answers = stream[Symbol.asyncIterator]();
    await answers.next();
    const drained = test.server.drain();
    await stream.send(pcm);
    stream.finish();
    let windows = 0;
    for (let next = await answers.next(); !next.done; next = await answers.next())
      windows += next.value.window ? 1 : 0;
    expect(windows).toBe(Math.ceil(pcm.length / 16_000));
    await drained;
    await expect(encode(client)).rejects.toMatchObject({ code: 14 });
  });

  it('ends what the grace is too short for as UNAVAILABLE, and answers no window with that', async () => {
    test = await serveDemo({ drainMs: 100 });
    const stream = test.client.streamAudio();
    stream.configure({ format, windowMs: 500 });
    let isOver = false;
    const sending = (async () => {
      // In turns: a stream that has ended takes everything at once.
      for (; !isOver; await sleep(1)) await stream.send(pcm);
    })();
    const windows: unknown[] = [];
    let drained: Promise<void> | undefined;
    const collect = async () => {
      for await (const { window } of stream) {
        if (window) windows.push(window.error?.reason);
        if (windows.length === 3) drained = test.server.drain();
      }
    };
    await expect(collect()).rejects.toMatchObject({ code: 14, details: { reason: 'DRAINING' } });
    isOver = true;
    await Promise.all([sending, drained]);
    expect(new Set(windows)).toEqual(new Set([undefined]));
  });

  it('cuts connections with calls that do not end by themselves', async () => {
    test = await serveDemo({ drainMs: 100 });
    const session = connect(`http://${test.server.address}`);
    const watch = session.request({
      ':method': 'POST',
      ':path': '/grpc.health.v1.Health/Watch',
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    watch.on('error', () => undefined);
    watch.end(Buffer.alloc(5));
    await once(watch, 'data');
    const closed = once(session, 'close');
    await test.server.drain();
    await closed;
  });

  it('serves several models, each under its name, the first by default', async () => {
    test = await serveDemo({ models: [`one=${demoModel}`, `two=${demoModel}`] });
    expect((await test.client.listModels()).map((m) => [m.name, m.encoders[0].isDefault])).toEqual([
      ['one', true],
      ['two', false],
    ]);
    const answers = await streamAll(test.client, { model: 'two', format }, pcm);
    expect(answers[0].ready!.stamp!.model).toBe('two');
    expect(windowsOf(answers)).toHaveLength(1);
    const twice = readConfig({ models: [demoModel, demoModel], listen: '127.0.0.1:0' }, {});
    await expect(startServer(twice, silentLogger)).rejects.toMatchObject({ reason: 'CONFIG_INVALID' });
  });
});
