import fc from 'fast-check';
import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { readImageHeader } from './image-header.js';

const encoders: Readonly<
  Record<string, { readonly encode: (image: Sharp) => Sharp; readonly isBulky?: true }>
> = {
  jpeg: { encode: (image) => image.jpeg() },
  'progressive jpeg': { encode: (image) => image.jpeg({ progressive: true }), isBulky: true },
  png: { encode: (image) => image.png() },
  'interlaced png': { encode: (image) => image.png({ progressive: true }), isBulky: true },
  webp: { encode: (image) => image.webp() },
  'lossless webp': { encode: (image) => image.webp({ lossless: true }) },
  'webp with metadata': { encode: (image) => image.webp().withExif({ IFD0: { Copyright: 'nobody' } }) },
  gif: { encode: (image) => image.gif() },
  tiff: { encode: (image) => image.tiff() },
  'tiled tiff': { encode: (image) => image.tiff({ tile: true, tileWidth: 64, tileHeight: 64 }) },
  avif: { encode: (image) => image.avif({ effort: 0 }) },
};

const plain = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: { r: 10, g: 90, b: 200 } } });

describe("an image's header", () => {
  it.each(Object.keys(encoders))('tells the size of any %s', async (name) => {
    const { encode, isBulky = false } = encoders[name];
    const size = fc.integer({ min: 1, max: 400 });
    await fc.assert(
      fc.asyncProperty(size, size, async (width, height) => {
        const { header } = readImageHeader(await encode(plain(width, height)).toBuffer());
        expect(header).toEqual({ width, height, isBulky });
      }),
      { numRuns: 8 },
    );
  });

  it('is none where a file ends before it, and throws nothing for any bytes', async () => {
    const files = await Promise.all(
      Object.values(encoders).map(({ encode }) => encode(plain(40, 30)).toBuffer()),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...files),
        fc.nat(200),
        fc.uint8Array({ maxLength: 40 }),
        (file, at, other) => {
          const changed = Buffer.from(file);
          changed.set(other.subarray(0, Math.max(0, file.length - 16 - at)), Math.min(16 + at, file.length));
          for (const bytes of [file.subarray(0, 16 + at), changed]) {
            const { header } = readImageHeader(bytes);
            if (header) expect(header.width * header.height).toBeGreaterThan(0);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
