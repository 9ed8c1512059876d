import { readFileSync } from 'node:fs';
import type { RequestedImage } from '@triptych/validation';
import { describe, expect, it } from 'vitest';
import { batchWeight as weightOf } from './batch-weight.js';
import { decodeMs, imageBytes } from './costs.js';

const limits = { streamImages: 64, maxPixels: 50_000_000 };
const tools = new URL('../../../../tools/', import.meta.url);
const photo = readFileSync(new URL('reference/images/photo-420.jpg', tools));
const image = (encoded: Uint8Array): RequestedImage => ({ encoded });
const small = image(photo);
const batchWeight = (images: readonly RequestedImage[], { streamImages, maxPixels }: typeof limits) =>
  weightOf(
    {
      items: images.length,
      bytes: imageBytes(images),
      decodeMs: images.reduce((sum, one) => sum + decodeMs(one, maxPixels), 0),
    },
    streamImages,
  );

describe('what a batch of a stream weighs', () => {
  it('is the number of its images where these are small', () => {
    expect(batchWeight([], limits)).toBe(1);
    expect(batchWeight([small], limits)).toBe(1);
    expect(batchWeight(Array<RequestedImage>(40).fill(small), limits)).toBe(40);
  });

  it('is a share of what a stream may have in bytes where these are many', () => {
    const padded = image(Buffer.concat([photo, Buffer.alloc(16 * 2 ** 20)]));
    expect(batchWeight([padded], limits)).toBeGreaterThanOrEqual(32);
  });

  it('is a share of the time that a stream may have to decode where its images are dear', () => {
    const bomb = new URL('resilience/fixtures/8-megapixels.avif', tools);
    const dear = image(readFileSync(bomb));
    expect(dear.encoded?.length).toBeLessThan(1000);
    expect(batchWeight([dear, dear], limits)).toBeGreaterThan(64);
  });

  it('counts what is refused before it is decoded as one image', () => {
    expect(batchWeight([image(Buffer.from('rubbish')), image(Buffer.alloc(0))], limits)).toBe(2);
  });
});
