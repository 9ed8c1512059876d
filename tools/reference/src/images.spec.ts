import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ImagePreprocessor, readImageRecipe } from '@triptych/preprocessing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { imagesDirectory } from './golden.js';

interface Reference {
  readonly pillow: string;
  readonly sizes: readonly number[];
  readonly images: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const { sizes, images } = JSON.parse(readFileSync(`${imagesDirectory}pixels.json`, 'utf8')) as Reference;

/** Colour in AVIF is converted by another arithmetic in Pillow's build of libavif: docs/numerics.md. */
const isInexact = (name: string) => name.endsWith('.avif') && name !== 'grey.avif';

let preprocessor: ImagePreprocessor;
beforeAll(async () => {
  preprocessor = await ImagePreprocessor.start({
    workers: 2,
    decodeTimeoutMs: 10_000,
    maxPixels: 50_000_000,
  });
});
afterAll(() => preprocessor.close());

async function pixels(name: string, size: number): Promise<Uint8Array> {
  const data = new Uint8Array(readFileSync(imagesDirectory + name));
  return (await preprocessor.prepare({ kind: 'encoded', data }, readImageRecipe({}, size))).pixels;
}

describe('pixels against CLIPImageProcessorPil, resized and cropped', () => {
  const exact = Object.keys(images).filter((name) => !isInexact(name));

  it('covers at least forty images', () => expect(exact.length).toBeGreaterThanOrEqual(40));

  it.each(exact)('%s is identical byte for byte', async (name) => {
    for (const size of sizes) {
      const hash = createHash('sha256').update(await pixels(name, size));
      expect(hash.digest('hex'), `${size} × ${size}`).toBe(images[name][String(size)]);
    }
  });

  it.each(Object.keys(images).filter(isInexact))('%s differs by at most 3 levels', async (name) => {
    const found = await pixels(name, 96);
    const expected = readFileSync(new URL(`../golden/avif/${name}.rgb`, import.meta.url));
    expect(found.length).toBe(expected.length);
    expect(found.every((value, i) => Math.abs(value - expected[i]) <= 3)).toBe(true);
  });
});
