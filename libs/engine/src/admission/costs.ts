import { decodeCost } from '@triptych/preprocessing';
import { checkImage, type RequestedImage } from '@triptych/validation';

/** A clip without silence costs what it holds, and never nothing. */
const SHORTEST_PART = 0.05;

/** Cost of encoding a number of samples, as a share of a whole context, which a padded clip takes. */
export function audioCost(context: 'padded' | 'trimmed', samples: number, contextSamples: number): number {
  if (context === 'padded') return 1;
  return Math.min(1, Math.max(SHORTEST_PART, samples / contextSamples));
}

/** Decoding for so long counts as much as encoding a usual image. */
const MS_OF_COST = 20;

/** What an image is expected to cost, a small one being 1. */
export function imageCost(image: RequestedImage, maxPixels: number): number {
  return 1 + decodeMs(image, maxPixels) / MS_OF_COST;
}

/** Milliseconds that decoding an image is expected to take; none where it is refused before. */
export function decodeMs(image: RequestedImage, maxPixels: number): number {
  try {
    return decodeCost(checkImage(image, maxPixels), maxPixels).ms;
  } catch {
    return 0;
  }
}

/** Bytes of images as they came. */
export function imageBytes(images: readonly RequestedImage[]): number {
  return images.reduce((sum, { encoded, raw }) => sum + (raw?.data.length ?? encoded?.length ?? 0), 0);
}
