import { deflateSync } from 'node:zlib';
import type { ImageSource } from '@triptych/validation';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ImagePreprocessor } from './image-preprocessor.js';
import { readImageRecipe } from './recipe.js';

const recipe = readImageRecipe({}, 32);
let images: ImagePreprocessor;
beforeAll(async () => {
  images = await ImagePreprocessor.start({ workers: 1, decodeTimeoutMs: 10_000, maxPixels: 1_000_000 });
});
afterAll(() => images.close());

const encoded = (data: Uint8Array): ImageSource => ({ kind: 'encoded', data });
const prepare = async (data: Uint8Array) => (await images.prepare(encoded(data), recipe)).pixels;
const checker = () =>
  sharp(Buffer.from(Uint8Array.from({ length: 40 * 60 * 3 }, (_, i) => (i * 7919) % 256)), {
    raw: { width: 40, height: 60, channels: 3 },
  });

/** A PNG that claims a size and holds next to nothing. */
function bomb(width: number, height: number): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const chunk = (kind: string, data: Uint8Array) => {
    const body = Buffer.concat([Buffer.from(kind, 'latin1'), data]);
    const length = Buffer.alloc(8);
    length.writeUInt32BE(data.length, 0);
    length.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([length.subarray(0, 4), body, length.subarray(4)]);
  };
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.alloc(1000))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** A TIFF of 40 × 40 pixels of CMYK as printers' programs write it, half of all ink everywhere. */
function cmykTiff(bits: number, channels: number): Uint8Array {
  const bytes = (40 * 40 * channels * bits) / 8;
  const tags = [
    [256, 3, 1, 40],
    [257, 3, 1, 40],
    // One number of bits for each channel, behind the list of tags.
    [258, 3, channels, 200],
    [259, 3, 1, 1],
    [262, 3, 1, 5],
    [273, 4, 1, 256],
    [277, 3, 1, channels],
    [278, 3, 1, 40],
    [279, 4, 1, bytes],
    ...(channels > 4 ? [[338, 3, 1, 2]] : []),
  ];
  const tiff = Buffer.alloc(256 + bytes, 0x80);
  tiff.fill(0, 0, 256);
  tiff.write('II*\0\x08\0\0\0', 'latin1');
  tiff.writeUInt16LE(tags.length, 8);
  tags.forEach(([tag, type, count, value], i) => {
    tiff.writeUInt16LE(tag, 10 + 12 * i);
    tiff.writeUInt16LE(type, 12 + 12 * i);
    tiff.writeUInt32LE(count, 14 + 12 * i);
    tiff.writeUInt32LE(value, 18 + 12 * i);
  });
  for (let c = 0; c < channels; c++) tiff.writeUInt16LE(bits, 200 + 2 * c);
  return tiff;
}

function crc32(bytes: Uint8Array): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let k = 0; k < 8; k++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

describe('an image preprocessor', () => {
  it('gives the same pixels for a file and for what is in it, in every layout', async () => {
    const { data } = await checker().raw().toBuffer({ resolveWithObject: true });
    const size = { kind: 'raw', width: 40, height: 60 } as const;
    const floats = Float32Array.from(data, (byte) => byte / 255);
    const rgba = Buffer.from(
      Array.from({ length: 40 * 60 }, (_, i) => [...data.subarray(3 * i, 3 * i + 3), i % 256]).flat(),
    );
    const expected = await prepare(await checker().png().toBuffer());
    const raws: ImageSource[] = [
      { ...size, layout: 'rgb', data },
      { ...size, layout: 'rgba', data: rgba },
      { ...size, layout: 'rgb-float', data: new Uint8Array(floats.buffer) },
    ];
    for (const raw of raws) expect((await images.prepare(raw, recipe)).pixels).toEqual(expected);
  });

  it('hands on pixels that are the model’s input already', async () => {
    const data = Uint8Array.from({ length: 32 * 32 * 3 }, (_, i) => i % 251);
    const { pixels, preprocessUs } = await images.prepare(
      { kind: 'raw', layout: 'rgb', width: 32, height: 32, data },
      recipe,
    );
    expect(pixels).toEqual(data);
    expect(preprocessUs).toBe(0);
  });

  it.each([
    ['an empty file', Buffer.alloc(0), 'IMAGE_EMPTY'],
    ['an SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'IMAGE_FORMAT_UNKNOWN'],
    ['a PDF', Buffer.from('%PDF-1.7'), 'IMAGE_FORMAT_UNKNOWN'],
    ['a PNG that claims 50 000 × 50 000 pixels', bomb(50_000, 50_000), 'IMAGE_TOO_LARGE'],
    ['a PNG that lies about its size', bomb(100, 900), 'IMAGE_CORRUPT'],
    [
      'an AVIF of rubbish',
      Buffer.from('\0\0\0\x20ftypavif and nothing that follows', 'latin1'),
      'IMAGE_CORRUPT',
    ],
  ])('refuses %s', async (_, data, reason) => {
    await expect(prepare(data)).rejects.toMatchObject({ reason, field: 'encoded' });
  });

  it('refuses what was cut short, whatever the format', async () => {
    const files = await Promise.all([
      checker().jpeg().toBuffer(),
      checker().png().toBuffer(),
      checker().webp().toBuffer(),
      checker().gif().toBuffer(),
      checker().tiff().toBuffer(),
      checker().avif().toBuffer(),
    ]);
    for (const file of files) {
      expect(await prepare(file)).toHaveLength(32 * 32 * 3);
      await expect(prepare(file.subarray(0, file.length >> 1))).rejects.toMatchObject({
        reason: 'IMAGE_CORRUPT',
      });
    }
  });

  it('reads CMYK of four bytes a pixel, and refuses what it would read wrongly: 16 bits, and alpha beside the inks', async () => {
    // (255 − 128)(255 − 128) / 255
    expect(new Set(await prepare(cmykTiff(8, 4)))).toEqual(new Set([63]));
    for (const tiff of [cmykTiff(16, 4), cmykTiff(8, 5)])
      await expect(prepare(tiff)).rejects.toMatchObject({ reason: 'IMAGE_UNSUPPORTED', field: 'encoded' });
  });

  it('refuses float pixels that are no light', async () => {
    const data = new Uint8Array(Float32Array.of(0.5, NaN, 1).buffer);
    await expect(
      images.prepare({ kind: 'raw', layout: 'rgb-float', width: 1, height: 1, data }, recipe),
    ).rejects.toMatchObject({
      reason: 'IMAGE_OUT_OF_RANGE',
      field: 'raw.data',
    });
  });
});

describe("a checkpoint's preprocessor_config.json", () => {
  it.each([
    [{ size: 64, crop_size: 32 }, { shortestEdge: 64 }],
    [{ size: { shortest_edge: 32 }, crop_size: { width: 32, height: 32 } }, { shortestEdge: 32 }],
    [
      { size: { width: 32, height: 32 }, do_center_crop: false },
      { width: 32, height: 32 },
    ],
  ])('%j is served', (json, size) => {
    expect(readImageRecipe(json, 32)).toEqual({ size, filter: 'bicubic', inputSize: 32 });
  });

  it.each([
    [{ resample: 0 }, /resample must be one of 2, 3, found 0/],
    [{ crop_size: 40, size: 40 }, /crop_size must be image_size, 32/],
    [{ size: { shortest_edge: 20 } }, /size must be at least crop_size/],
    [{ do_center_crop: false }, /both ways, or do_center_crop true/],
    [{ size: { longest_edge: 32 } }, /shortest_edge, or width and height/],
  ])('%j is refused: %s', (json, message) => {
    expect(() => readImageRecipe(json, 32)).toThrow(message);
  });
});
