import { TriptychError } from '@triptych/core';
import type { EncodedImageSource, ImageSource } from '@triptych/validation';
import { type ImageFormat, imageFormat } from './decode/format.js';
import { readImageHeader } from './header/image-header.js';

/** What decoding and resizing an image is expected to take, known before it is decoded. */
export interface DecodeCost {
  /** Width × height as the image's first bytes have it, or what is assumed where they do not tell. */
  readonly pixels: number;
  /** Milliseconds of one core. */
  readonly ms: number;
  /** Memory beside the image's own bytes. */
  readonly bytes: number;
}

interface Rate {
  /** Milliseconds of an image without pixels. */
  readonly fixedMs: number;
  readonly msPerMegapixel: number;
  readonly bytesPerPixel: number;
}

/**
 * Measured on a core of 2.5 GHz with photographs of 0.1 to 12 and plain images of 49 megapixels; what decides is how formats compare.
 * AVIF is decoded by WebAssembly; what is bulky is mostly held whole before its first row is there.
 */
const rates: Readonly<Record<ImageFormat | 'raw', Rate>> = {
  raw: { fixedMs: 1, msPerMegapixel: 12, bytesPerPixel: 3 },
  jpeg: { fixedMs: 2, msPerMegapixel: 20, bytesPerPixel: 3.2 },
  png: { fixedMs: 2, msPerMegapixel: 22, bytesPerPixel: 3.5 },
  webp: { fixedMs: 3, msPerMegapixel: 35, bytesPerPixel: 8 },
  gif: { fixedMs: 2, msPerMegapixel: 22, bytesPerPixel: 7 },
  tiff: { fixedMs: 2, msPerMegapixel: 22, bytesPerPixel: 3.5 },
  avif: { fixedMs: 25, msPerMegapixel: 130, bytesPerPixel: 21 },
};
const BULKY = { times: 1.6, moreBytesPerPixel: 5.5 };
const PLAIN = { times: 1, moreBytesPerPixel: 0 };

/** Assumed where the size is not told; a decoder finds it out. */
const UNKNOWN_PIXELS = 2_000_000;

/** An image of fewer bytes than this may not take more memory than {@link MOST_BYTES}: it is no photograph, but made to take it. */
const LITTLE_BYTES = 1_000_000;
const MOST_BYTES = 190_000_000;

/** Throws IMAGE_EMPTY, IMAGE_FORMAT_UNKNOWN or IMAGE_TOO_LARGE. */
export function decodeCost(source: ImageSource, maxPixels: number): DecodeCost {
  if (source.kind === 'raw') return costOf(rates.raw, source.width * source.height, false);
  const { format, header } = readImageHeader(source.data);
  const pixels = header ? header.width * header.height : Math.min(UNKNOWN_PIXELS, maxPixels);
  return checked(costOf(rates[format], pixels, header?.isBulky ?? false), source, maxPixels);
}

/** Cost of an image whose decoder has found `pixels` pixels, which its header does not tell. Throws IMAGE_TOO_LARGE. */
export function costOfPixels(source: EncodedImageSource, pixels: number, maxPixels: number): DecodeCost {
  return checked(costOf(rates[imageFormat(source.data)], pixels, true), source, maxPixels);
}

function costOf(rate: Rate, pixels: number, isBulky: boolean): DecodeCost {
  const { times, moreBytesPerPixel } = isBulky ? BULKY : PLAIN;
  return {
    pixels,
    ms: rate.fixedMs + (rate.msPerMegapixel * pixels * times) / 1e6,
    bytes: (rate.bytesPerPixel + moreBytesPerPixel) * pixels,
  };
}

function checked(cost: DecodeCost, { data }: EncodedImageSource, maxPixels: number): DecodeCost {
  const { pixels, bytes } = cost;
  if (pixels > maxPixels) throw tooLarge(`the image has ${pixels} pixels; expected at most ${maxPixels}`);
  if (bytes <= MOST_BYTES || data.length >= LITTLE_BYTES) return cost;
  const [needed, most] = [bytes, MOST_BYTES].map((count) => Math.round(count / 1e6));
  throw tooLarge(
    `${data.length} bytes hold ${pixels} pixels, which take ${needed} MB to decode; expected at most ${most} MB of an image of less than ${LITTLE_BYTES} bytes`,
  );
}

function tooLarge(message: string): TriptychError {
  return new TriptychError('IMAGE_TOO_LARGE', message, { field: 'encoded' });
}
