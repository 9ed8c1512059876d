import type { ImageHeader } from './header.js';

/** The properties of a file's items lie in its first bytes. */
const SEARCHED_BYTES = 65_536;
const MOST_PROPERTIES = 256;
const ISPE_BYTES = 20;

/** AVIF: the largest of its items' `ispe` properties; thumbnails and tiles of a grid are smaller than the image. */
export function avifHeader(bytes: DataView): ImageHeader | undefined {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, SEARCHED_BYTES));
  let largest: ImageHeader | undefined;
  const next = (from: number) => start.indexOf('ispe', from, 'latin1');
  for (let at = next(4), found = 0; at >= 0 && found < MOST_PROPERTIES; at = next(at + 4), found++) {
    const [size, width, height] = [at - 4, at + 8, at + 12].map((place) => bytes.getUint32(place));
    if (size !== ISPE_BYTES) continue;
    if (!largest || width * height > largest.width * largest.height)
      largest = { width, height, isBulky: false };
  }
  return largest;
}
