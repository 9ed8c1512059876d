import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TriptychClient } from '@triptych/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  demoClip,
  demoModel,
  maxDifference,
  picture,
  serveDemo,
  speech,
  type TestServer,
} from '../testing/harness.js';
import { startCuttingProxy } from '../testing/cutting-proxy.js';

let demo: TestServer;
beforeAll(async () => {
  // Fewer than the client sends at a time.
  demo = await serveDemo({
    models: [demoClip, demoModel],
    maxTexts: 10,
    maxImages: 3,
    maxClips: 2,
    queueItems: 8,
  });
});
afterAll(() => demo.close());

describe('embedding many items', () => {
  it('splits texts to what the server takes, and gives each its vector', async () => {
    const texts = Array.from({ length: 130 }, (_, i) => `text ${i}`);
    const progress: number[] = [];
    const { items, stamp } = await demo.client.embedTexts(texts, {
      onProgress: ({ done }) => progress.push(done),
    });
    const { results } = await demo.client.encodeTexts({ texts: ['text 129'] });
    expect(items).toHaveLength(130);
    expect(items.every(({ values }) => values)).toBe(true);
    expect(stamp?.space).toBeTruthy();
    expect(progress.at(-1)).toBe(130);
    const one = Float32Array.from(
      new Float32Array(new Uint8Array(results[0].embedding?.values as unknown as Uint8Array).buffer),
    );
    expect(maxDifference(items[129].values as Float32Array, one)).toBe(0);
  });

  it('reads every encoding as float32', async () => {
    const [exact, half, byte] = await Promise.all(
      (['float32', 'float16', 'int8'] as const).map((numbers) =>
        demo.client.embedTexts(['a sailboat'], { numbers }),
      ),
    );
    const values = ({ items }: typeof exact) => items[0].values as Float32Array;
    expect(maxDifference(values(exact), values(half))).toBeLessThan(5e-4);
    expect(maxDifference(values(exact), values(byte))).toBeLessThan(5e-3);
    expect(maxDifference(values(exact), values(byte))).toBeGreaterThan(0);
  });

  it('has an error in the place of each bad item', async () => {
    const { items } = await demo.client.embedImages([
      picture('pizza'),
      Buffer.from('no'),
      picture('volcano'),
    ]);
    expect(items.map(({ error }) => error?.reason)).toEqual([undefined, 'IMAGE_FORMAT_UNKNOWN', undefined]);
  });

  it('takes samples as arrays', async () => {
    const pcm = speech('pizza-a');
    const int16 = new Int16Array(pcm.buffer.slice(pcm.byteOffset, pcm.byteOffset + pcm.length));
    const float32 = Float32Array.from(int16, (value) => value / 32_768);
    const { items } = await demo.client.embedAudio(
      [int16, float32, int16].map((samples) => ({ samples, sampleRateHz: 16_000 })),
    );
    expect(maxDifference(items[0].values as Float32Array, items[1].values as Float32Array)).toBeLessThan(
      1e-5,
    );
    expect(items).toHaveLength(3);
  });

  it('reads a folder, kind by kind', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'triptych-folder-'));
    try {
      mkdirSync(join(folder, 'inside'));
      writeFileSync(join(folder, 'a.txt'), 'a sailboat');
      writeFileSync(join(folder, 'inside', 'b.PNG'), picture('pizza'));
      writeFileSync(join(folder, 'c.png'), 'not an image');
      writeFileSync(join(folder, '.hidden.txt'), 'x');
      writeFileSync(join(folder, 'd.bin'), 'x');
      const found: string[] = [];
      for await (const { path, kind, values, error } of demo.client.embedFolder(folder))
        found.push(`${kind} ${path} ${values?.length ?? error?.reason}`);
      expect(found).toEqual([
        'image c.png IMAGE_FORMAT_UNKNOWN',
        `image ${join('inside', 'b.PNG')} 128`,
        'text a.txt 128',
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('goes on over connections that are cut', async () => {
    const proxy = await startCuttingProxy(demo.server.address);
    const client = new TriptychClient(proxy.address);
    let cuts = 0;
    try {
      const { items } = await client.embedTexts(
        Array.from({ length: 200 }, (_, i) => `text ${i}`),
        // Most calls are still to come when the first are answered.
        {
          batchItems: 5,
          concurrency: 4,
          retry: { firstWaitMs: 20 },
          onProgress: () => cuts++ < 2 && proxy.cut(),
        },
      );
      expect(items.every(({ values }) => values)).toBe(true);
      expect(proxy.connections).toBeGreaterThan(1);
    } finally {
      client.close();
      await proxy.close();
    }
  });

  it('is cancelled by its signal', async () => {
    const ending = new AbortController();
    const texts = (function* () {
      for (let i = 0; ; i++) yield `text ${i}`;
    })();
    const endless = demo.client.embedTexts(texts, {
      signal: ending.signal,
      onProgress: ({ done }) => done > 20 && ending.abort(),
    });
    await expect(endless).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('says at once what no attempt can mend', async () => {
    await expect(demo.client.embedTexts(['x'], { model: 'none' })).rejects.toMatchObject({
      details: { reason: 'MODEL_NOT_FOUND' },
    });
    await expect(demo.client.embedTexts(['x'], { batchItems: 0 })).rejects.toThrow('batchItems is 0');
    await expect(demo.client.embedTexts('a sailboat')).rejects.toThrow('expected several');
    await expect(demo.client.embedTexts([7 as unknown as string])).rejects.toThrow('expected a string');
    await expect(demo.client.embedImages(['pizza.png' as unknown as Buffer])).rejects.toThrow(
      'an image is string',
    );
    const samples = new Float64Array(16_000) as unknown as Float32Array;
    await expect(demo.client.embedAudio([{ samples, sampleRateHz: 16_000 }])).rejects.toThrow('Float32Array');
  });
});
