import { readEmbedding } from '@triptych/client';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  demoClip,
  maxDifference,
  picture,
  serveDemo,
  testImage,
  type TestServer,
  vectorOf,
} from '../../testing/harness.js';

let test: TestServer;
beforeAll(async () => {
  test = await serveDemo({ models: [demoClip], maxImages: 40 });
});
afterAll(() => test.close());

const encode = (...images: object[]) => test.client.encodeImages({ images });
const pizza = { id: 'pizza', encoded: picture('pizza') };

describe('ImageEncoder.Encode', () => {
  it('answers with a vector of length 1 for each image, in order, and what made it', async () => {
    const { stamp, results } = await encode(pizza, { id: 'volcano', encoded: picture('volcano') });
    expect(stamp).toMatchObject({ model: 'demo-clip', space: 'triptych-demo' });
    expect(results.map((result) => result.id)).toEqual(['pizza', 'volcano']);
    for (const result of results) {
      expect(result.embedding?.shape).toEqual([128]);
      expect(Math.hypot(...vectorOf(result))).toBeCloseTo(1, 5);
      expect(result.timing?.preprocessUs).toBeGreaterThan(0);
      expect(result.timing?.inferenceUs).toBeGreaterThan(0);
    }
  });

  it('offers the class token, its projection and every token', async () => {
    const shapes: unknown[] = [];
    const spaces = new Set<string>();
    for (const pooling of [0, 3, 5, 6] as const) {
      const { stamp, results } = await test.client.encodeImages({ images: [pizza], options: { pooling } });
      shapes.push(results[0].embedding?.shape);
      spaces.add(stamp?.space ?? '');
    }
    expect(shapes).toEqual([[128], [128], [128], [37, 128]]);
    expect(spaces.size).toBe(3);
  });

  it('gives a bad image an error in its place, and its neighbours their vectors', async () => {
    const bad = [
      { encoded: Buffer.from('not an image') },
      { encoded: picture('pizza').subarray(0, 2000) },
      {},
      { raw: { format: 1 as const, width: 2, height: 2, data: Buffer.alloc(11) } },
      { raw: { format: 9 as 1, width: 1, height: 1, data: Buffer.alloc(3) } },
      {
        raw: { format: 4 as const, width: 1, height: 1, data: Buffer.from(Float32Array.of(0, 2, 0).buffer) },
      },
      { raw: { format: 1 as const, width: 0, height: 1, data: Buffer.alloc(0) } },
      { raw: { format: 1 as const, width: 100_000, height: 100_000, data: Buffer.alloc(3) } },
    ];
    const { results } = await encode(pizza, ...bad, pizza);
    expect(results.slice(1, -1).map(({ error }) => [error?.reason, error?.field])).toEqual([
      ['IMAGE_FORMAT_UNKNOWN', 'images[1].encoded'],
      ['IMAGE_CORRUPT', 'images[2].encoded'],
      ['IMAGE_EMPTY', 'images[3].encoded'],
      ['IMAGE_SIZE_MISMATCH', 'images[4].raw.data'],
      ['PIXEL_FORMAT_UNKNOWN', 'images[5].raw.format'],
      ['IMAGE_OUT_OF_RANGE', 'images[6].raw.data'],
      ['IMAGE_EMPTY', 'images[7].raw.width'],
      ['IMAGE_TOO_LARGE', 'images[8].raw'],
    ]);
    expect(vectorOf(results[0])).toEqual(vectorOf((await encode(pizza)).results[0]));
  });

  it('gives an image the same vector whatever it is batched with', async () => {
    const names = [
      'photo-420.jpg',
      'rgba.png',
      'noise.png',
      'lossy.webp',
      'grey.jpg',
      'exact-96.png',
      'plain.gif',
      'one.png',
    ];
    const images = names.map((name) => ({ encoded: testImage(name) }));
    const alone: Float32Array[] = [];
    for (const image of images) alone.push(vectorOf((await encode(image)).results[0]));
    const anyImages = fc.array(fc.nat({ max: images.length - 1 }), { minLength: 1, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(anyImages, async (chosen) => {
        const { results } = await encode(...chosen.map((i) => images[i]));
        results.forEach((result, place) =>
          expect(maxDifference(vectorOf(result), alone[chosen[place]])).toBeLessThanOrEqual(1e-5),
        );
      }),
      { numRuns: 15 },
    );
  });

  it('sends vectors in every encoding', async () => {
    const [plain] = (await encode(pizza)).results;
    for (const [encoding, tolerance] of [
      [2, 0],
      [3, 1e-3],
      [4, 5e-3],
    ] as const) {
      const { results } = await test.client.encodeImages({ images: [pizza], options: { encoding } });
      expect(maxDifference(readEmbedding(results[0].embedding!).values, vectorOf(plain))).toBeLessThanOrEqual(
        tolerance,
      );
    }
  });

  it('refuses batches and options that no image could meet', async () => {
    await expect(encode()).rejects.toMatchObject({ code: 3, details: { reason: 'BATCH_EMPTY' } });
    await expect(encode(...Array<object>(41).fill(pizza))).rejects.toMatchObject({
      code: 8,
      details: { reason: 'BATCH_TOO_LARGE' },
    });
    await expect(
      test.client.encodeImages({ images: [pizza], options: { pooling: 1 } }),
    ).rejects.toMatchObject({
      details: { reason: 'POOLING_UNSUPPORTED', violations: [{ field: 'options.pooling' }] },
    });
    await expect(test.client.encodeImages({ images: [pizza], model: 'other' })).rejects.toMatchObject({
      code: 5,
    });
  });
});

describe('a server without an audio model', () => {
  it('says so', async () => {
    await expect(test.client.encodeAudio({ clips: [{}] })).rejects.toMatchObject({
      code: 12,
      details: { reason: 'MODALITY_NOT_SERVED' },
      message: 'no served model takes audio',
    });
    await expect(test.client.encodeAudio({ model: 'demo-clip', clips: [{}] })).rejects.toMatchObject({
      message: 'model demo-clip is none that takes audio',
    });
  });
});
