import type { RequestedImage } from '@triptych/validation';
import { decodeMs, imageBytes } from './costs.js';

/** What one stream may have in work beside its number of images: bytes as they came, and milliseconds of decoding. */
const STREAM_BYTES = 32 * 2 ** 20;
const STREAM_DECODE_MS = 2000;

/**
 * What a batch weighs where a stream may have `streamImages` in work: as many as it holds, or as much of that as its bytes or
 * its decoding are of what a stream may have of them.
 */
export function batchWeight(
  images: readonly RequestedImage[],
  { streamImages, maxPixels }: { readonly streamImages: number; readonly maxPixels: number },
): number {
  const bytes = imageBytes(images) / STREAM_BYTES;
  const decoding = images.reduce((sum, image) => sum + decodeMs(image, maxPixels), 0) / STREAM_DECODE_MS;
  return Math.max(1, images.length, streamImages * Math.max(bytes, decoding));
}
