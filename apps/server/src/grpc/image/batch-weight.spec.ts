import { readFileSync } from 'node:fs';
import type { Image__Output } from '@triptych/protocol';
import { describe, expect, it } from 'vitest';
import { testImage } from '../../testing/harness.js';
import { batchWeight } from './batch-weight.js';

const limits = { streamImages: 64, maxPixels: 50_000_000 };
const image = (encoded: Uint8Array) =>
  ({ encoded: Buffer.from(encoded), raw: null }) as unknown as Image__Output;
const small = image(testImage('photo-420.jpg'));

describe('what a batch of a stream weighs', () => {
  it('is the number of its images where these are small', () => {
    expect(batchWeight([], limits)).toBe(1);
    expect(batchWeight([small], limits)).toBe(1);
    expect(batchWeight(Array<Image__Output>(40).fill(small), limits)).toBe(40);
  });

  it('is a share of what a stream may have in bytes where these are many', () => {
    const padded = image(Buffer.concat([testImage('photo-420.jpg'), Buffer.alloc(16 * 2 ** 20)]));
    expect(batchWeight([padded], limits)).toBeGreaterThanOrEqual(32);
  });

  it('is a share of the time that a stream may have to decode where its images are dear', () => {
    const bomb = new URL('../../../../../tools/resilience/fixtures/8-megapixels.avif', import.meta.url);
    const dear = image(readFileSync(bomb));
    expect(dear.encoded?.length).toBeLessThan(1000);
    expect(batchWeight([dear, dear], limits)).toBeGreaterThan(64);
  });

  it('counts what is refused before it is decoded as one image', () => {
    expect(batchWeight([image(Buffer.from('rubbish')), image(Buffer.alloc(0))], limits)).toBe(2);
  });
});
