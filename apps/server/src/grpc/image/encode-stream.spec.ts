import { setTimeout as sleep } from 'node:timers/promises';
import { type ImageStreamConfig, type ImageStreamResponse__Output, TriptychClient } from '@triptych/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCuttingProxy } from '../../testing/cutting-proxy.js';
import { demoClip, picture, serveDemo, type TestServer, vectorOf } from '../../testing/harness.js';

let test: TestServer;
beforeAll(async () => {
  test = await serveDemo({ models: [demoClip], maxImages: 8, streamImages: 8, metricsListen: '127.0.0.1:0' });
});
afterAll(() => test.close());

const names = ['pizza', 'volcano', 'sunflower', 'sailboat'];
const images = names.map((id) => ({ id, encoded: picture(id) }));

async function stream(
  batches: readonly (readonly [number, readonly object[]])[],
  config: ImageStreamConfig = {},
): Promise<ImageStreamResponse__Output[]> {
  const call = test.client.streamImages();
  call.configure(config);
  const sending = (async () => {
    for (const [id, batch] of batches) await call.send(id, batch);
    call.finish();
  })();
  const answers: ImageStreamResponse__Output[] = [];
  for await (const answer of call) answers.push(answer);
  await sending;
  return answers;
}

describe('ImageEncoder.EncodeStream', () => {
  it('is ready, answers each batch by its id, and sums up', async () => {
    const batches = Array.from(
      { length: 30 },
      (_, i) => [1000 + i, [images[i % 4], images[(i + 1) % 4]]] as const,
    );
    const answers = await stream(batches);
    expect(answers[0].ready).toMatchObject({
      stamp: { space: 'triptych-demo' },
      dimensions: 128,
      maxBatchImages: 8,
    });
    expect(answers.at(-1)?.summary).toEqual({ batches: 30, images: 60, failed: 0 });
    const results = new Map(
      answers.flatMap(({ result }) => (result ? [[result.batchId, result.results]] : [])),
    );
    expect([...results.keys()].sort()).toEqual(batches.map(([id]) => id));
    const { results: unary } = await test.client.encodeImages({ images });
    for (const [id, batch] of batches) {
      expect(results.get(id)?.map((result) => result.id)).toEqual(batch.map((image) => image.id));
      results.get(id)?.forEach((result) => {
        const expected = vectorOf(unary[names.indexOf(result.id)]);
        expect(vectorOf(result).every((v, k) => Math.abs(v - expected[k]) < 1e-5)).toBe(true);
      });
    }
  });

  it('goes on after a bad image, and counts it', async () => {
    const answers = await stream([
      [1, [images[0], { id: 'bad', encoded: Buffer.from('rubbish') }]],
      [2, [images[1]]],
      [3, []],
    ]);
    const first = answers.find(({ result }) => result?.batchId === 1)?.result;
    expect(first?.results[1]).toMatchObject({
      id: 'bad',
      error: { reason: 'IMAGE_FORMAT_UNKNOWN', field: 'batch.images[1].encoded' },
    });
    expect(answers.at(-1)?.summary).toEqual({ batches: 3, images: 3, failed: 1 });
  });

  it('ends where its protocol is broken, once what came before is answered', async () => {
    await expect(stream([[1, Array<object>(9).fill(images[0])]])).rejects.toMatchObject({
      code: 8,
      details: { reason: 'BATCH_TOO_LARGE' },
    });
    await expect(stream([], { options: { dimensions: 1000 } })).rejects.toMatchObject({
      details: { reason: 'DIMENSIONS_INVALID', violations: [{ field: 'config.options.dimensions' }] },
    });
    const call = test.client.streamImages();
    await call.send(1, images);
    call.finish();
    const reading = (async () => {
      for await (const answer of call) expect(answer).toBeUndefined();
    })();
    await expect(reading).rejects.toMatchObject({ details: { reason: 'STREAM_NO_CONFIG' } });
  });

  it('holds nothing once it is cancelled, a batch that waits for its turn included', async () => {
    const bytes = async () => {
      const text = await (await fetch(`http://${test.server.metricsAddress}/metrics`)).text();
      return Number(/^triptych_admitted_bytes (\S+)$/m.exec(text)?.[1]);
    };
    const call = test.client.streamImages();
    call.configure({});
    const batch = Array.from({ length: 8 }, (_, i) => images[i % 4]);
    for (let id = 0; id < 3; id++) await call.send(id, batch);
    await expect.poll(bytes, { interval: 5 }).toBeGreaterThan(0);
    call.cancel();
    await expect.poll(bytes).toBe(0);
  });
});

describe('a stream of batches that is cut again and again', () => {
  it('answers each batch once, and sums up as one that is not', async () => {
    const proxy = await startCuttingProxy(test.server.address);
    const client = new TriptychClient(proxy.address);
    const call = client.resumingImages({}, { firstWaitMs: 10, maxAttempts: 30, maxUnanswered: 4 });
    const sending = (async () => {
      for (let id = 0; id < 24; id++) {
        const bad = { id: 'bad', encoded: Buffer.from('rubbish') };
        await call.send(id, id % 6 === 0 ? [images[id % 4], bad] : [images[id % 4]]);
        await sleep(8);
        if (id % 5 === 4) proxy.cut();
      }
      call.finish();
    })();
    const answers: ImageStreamResponse__Output[] = [];
    for await (const answer of call) answers.push(answer);
    await sending;
    expect(proxy.connections).toBeGreaterThan(3);
    const ids = answers.flatMap(({ result }) => (result ? [result.batchId] : []));
    expect(ids.sort((a, b) => a - b)).toEqual(Array.from({ length: 24 }, (_, i) => i));
    expect(answers.filter(({ ready }) => ready)).toHaveLength(1);
    expect(answers.at(-1)?.summary).toEqual({ batches: 24, images: 28, failed: 4 });
    client.close();
    await proxy.close();
  });

  it('refuses a batch whose id is still open', async () => {
    const call = test.client.resumingImages();
    await call.send(1, [images[0]]);
    await expect(call.send(1, [images[1]])).rejects.toThrow('batch 1 is not answered yet');
    call.cancel();
  });
});
