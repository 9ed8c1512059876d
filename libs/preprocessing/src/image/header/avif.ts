import type { ImageHeader } from './image-header.js';

/** The properties of a file's items lie in its first bytes. */
const SEARCHED_BYTES = 65_536;
const MOST_PROPERTIES = 256;

/** AVIF: the largest of its items' `ispe` properties; thumbnails and tiles of a grid are smaller than the image. */
export function avifHeader(bytes: DataView): ImageHeader | undefined {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, SEARCHED_BYTES));
  let largest: ImageHeader | undefined;
  let at = start.indexOf('ispe', 0, 'latin1');
  for (let found = 0; at >= 0 && found < MOST_PROPERTIES; found++) {
    const [width, height] = [bytes.getUint32(at + 8), bytes.getUint32(at + 12)];
    if (!largest || width * height > largest.width * largest.height)
      largest = { width, height, isInterlaced: false };
    at = start.indexOf('ispe', at + 4, 'latin1');
  }
  return largest;
}
