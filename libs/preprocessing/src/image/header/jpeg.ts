import type { ImageHeader } from './header.js';

/** More segments before the frame header than any camera writes. */
const MOST_SEGMENTS = 1000;

const START_OF_SCAN = 0xda;
/** In the range of frame headers, and none: Huffman tables, JPEG extensions, arithmetic conditioning. */
const NO_FRAME = [0xc4, 0xc8, 0xcc];
const CMYK_CHANNELS = 4;
const PROGRESSIVE = [0xc2, 0xc6, 0xca, 0xce];

/** JPEG: the frame header, found by going from segment to segment. */
export function jpegHeader(bytes: DataView): ImageHeader | undefined {
  let at = 2;
  for (let segment = 0; segment < MOST_SEGMENTS; segment++) {
    if (bytes.getUint8(at) !== 0xff) return undefined;
    const marker = bytes.getUint8(at + 1);
    if (marker === 0xff) {
      at++;
      continue;
    }
    if (marker === START_OF_SCAN) return undefined;
    if (marker >= 0xc0 && marker <= 0xcf && !NO_FRAME.includes(marker)) {
      return {
        width: bytes.getUint16(at + 7),
        height: bytes.getUint16(at + 5),
        isBulky: PROGRESSIVE.includes(marker) || bytes.getUint8(at + 9) === CMYK_CHANNELS,
      };
    }
    at += 2 + bytes.getUint16(at + 2);
  }
  return undefined;
}
