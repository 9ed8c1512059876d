import { messageOf, TriptychError } from '@triptych/core';
import sharp, { type Metadata, type Sharp } from 'sharp';
import type { Pixels } from '../pixels.js';
import { decodeAvif } from './avif.js';
import { type ImageFormat, imageFormat } from './format.js';
import { withoutTransparency } from './gif-transparency.js';
import { cmykToRgb, grey16ToGrey } from './to-rgb.js';

export interface DecodeLimits {
  /** Checked against the header, before anything is decoded. */
  readonly maxPixels: number;
  /** As many as the image is said to have. */
  readonly expectedPixels: number;
  /** Whether a decoder has counted them, and not only the first bytes of the image been read. */
  readonly isCounted: boolean;
}

/** The image has more pixels than its first bytes say. */
export class MorePixels extends Error {
  constructor(readonly pixels: number) {
    super(`${pixels} pixels`);
  }
}

// Each process has one image; caching what never comes again would only keep memory.
sharp.cache(false);
sharp.concurrency(1);

const EXPECTED_SPACES = ['srgb', 'b-w', 'rgb', 'rgb16', 'grey16', 'cmyk'];

/**
 * Decodes an image as Pillow's `Image.open(…).convert("RGB")` does: first frame or page, no rotation by EXIF (but by
 * TIFF's own tag), colour profiles ignored, alpha dropped. Throws IMAGE_* errors, or MorePixels before anything is decoded.
 */
export async function decodeImage(data: Uint8Array, limits: DecodeLimits): Promise<Pixels> {
  const format = imageFormat(data);
  const bytes = format === 'gif' ? withoutTransparency(data) : data;
  try {
    // The header alone is read here: nothing is allocated for what it claims.
    const header = await sharp(bytes, { limitInputPixels: Number.MAX_SAFE_INTEGER }).metadata();
    checkHeader(header, limits);
    const pixels = header.width * header.height;
    if (pixels > limits.expectedPixels) throw new MorePixels(pixels);
    if (format === 'avif') return await decodeAvif(bytes);
    const image = sharp(bytes, { limitInputPixels: limits.maxPixels, failOn: 'warning', ignoreIcc: true });
    return await readPixels(format === 'tiff' ? image.autoOrient() : image, header);
  } catch (thrown) {
    if (thrown instanceof TriptychError || thrown instanceof MorePixels) throw thrown;
    throw decodeError(format, thrown);
  }
}

function checkHeader({ width, height, space, depth, channels }: Metadata, { maxPixels }: DecodeLimits): void {
  if (width * height > maxPixels) {
    throw new TriptychError(
      'IMAGE_TOO_LARGE',
      `the image has ${width * height} pixels; expected at most ${maxPixels}`,
      { field: 'encoded' },
    );
  }
  const isKnown = EXPECTED_SPACES.includes(space) && (depth === 'uchar' || depth === 'ushort');
  // Its inks are read as four bytes a pixel.
  if (isKnown && (space !== 'cmyk' || (depth === 'uchar' && channels === 4))) return;
  throw new TriptychError(
    'IMAGE_UNSUPPORTED',
    `the image has ${depth} pixels in ${space}, ${channels} channels; expected 8 or 16 bits of grey or RGB, or 8 bits of CMYK without alpha`,
    { field: 'encoded' },
  );
}

async function readPixels(image: Sharp, { space, channels }: Metadata): Promise<Pixels> {
  if (space === 'cmyk') {
    const { data, info } = await image
      .pipelineColourspace('cmyk')
      .toColourspace('cmyk')
      .raw()
      .toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, channels: 3, data: cmykToRgb(data) };
  }
  if (space === 'grey16' && channels === 1) {
    const { data, info } = await image
      .toColourspace('grey16')
      .raw({ depth: 'ushort' })
      .toBuffer({ resolveWithObject: true });
    const grey = new Uint16Array(data.buffer, data.byteOffset, info.width * info.height);
    return { width: info.width, height: info.height, channels: 1, data: grey16ToGrey(grey) };
  }
  const { data, info } = await image.removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, channels: info.channels, data };
}

function decodeError(format: ImageFormat, thrown: unknown): TriptychError {
  const [message] = messageOf(thrown).split('\n');
  return new TriptychError('IMAGE_CORRUPT', `the ${format.toUpperCase()} cannot be decoded (${message})`, {
    field: 'encoded',
    cause: thrown,
  });
}
