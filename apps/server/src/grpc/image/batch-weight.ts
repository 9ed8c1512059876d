import { decodeCost } from '@triptych/preprocessing';
import type { Image__Output } from '@triptych/protocol';
import { checkImage } from '@triptych/validation';
import { imageBytes } from './image-request.js';

/** What one stream may have in work beside its number of images: bytes as they came, and milliseconds of decoding. */
const STREAM_BYTES = 32 * 2 ** 20;
const STREAM_DECODE_MS = 2000;

/**
 * What a batch weighs where a stream may have `streamImages` in work: as many as it holds, or as much of that as its bytes or
 * its decoding are of what a stream may have of them.
 */
export function batchWeight(
  images: readonly Image__Output[],
  { streamImages, maxPixels }: { readonly streamImages: number; readonly maxPixels: number },
): number {
  const bytes = imageBytes(images) / STREAM_BYTES;
  const decoding = images.reduce((sum, image) => sum + decodeMs(image, maxPixels), 0) / STREAM_DECODE_MS;
  return Math.max(1, images.length, streamImages * Math.max(bytes, decoding));
}

/** Milliseconds that decoding one is expected to take; none where it is refused before. */
export function decodeMs(image: Image__Output, maxPixels: number): number {
  try {
    return decodeCost(checkImage(image, maxPixels), maxPixels).ms;
  } catch {
    return 0;
  }
}
