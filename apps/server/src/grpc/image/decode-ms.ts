import { decodeCost } from '@triptych/preprocessing';
import type { Image__Output } from '@triptych/protocol';
import { checkImage } from '@triptych/validation';

/** Milliseconds that decoding one is expected to take; none where it is refused before. */
export function decodeMs(image: Image__Output, maxPixels: number): number {
  try {
    return decodeCost(checkImage(image, maxPixels), maxPixels).ms;
  } catch {
    return 0;
  }
}
