import type { ImageHeader } from './header.js';

/** PNG: IHDR is its first chunk. */
export function pngHeader(bytes: DataView): ImageHeader {
  return { width: bytes.getUint32(16), height: bytes.getUint32(20), isBulky: bytes.getUint8(28) !== 0 };
}

/** GIF: the logical screen. */
export function gifHeader(bytes: DataView): ImageHeader {
  return { width: bytes.getUint16(6, true), height: bytes.getUint16(8, true), isBulky: false };
}

const SIZE_14_BITS = 0x3fff;

/** WebP: the canvas where it is extended, else the one frame, lossy or lossless. */
export function webpHeader(bytes: DataView): ImageHeader | undefined {
  switch (bytes.getUint32(12)) {
    case fourCC('VP8X'):
      return webpSize(1 + uint24(bytes, 24), 1 + uint24(bytes, 27));
    case fourCC('VP8L'): {
      const bits = bytes.getUint32(21, true);
      return webpSize(1 + (bits & SIZE_14_BITS), 1 + ((bits >>> 14) & SIZE_14_BITS));
    }
    case fourCC('VP8 '):
      return webpSize(bytes.getUint16(26, true) & SIZE_14_BITS, bytes.getUint16(28, true) & SIZE_14_BITS);
    default:
      return undefined;
  }
}

const webpSize = (width: number, height: number) => ({ width, height, isBulky: false });

const uint24 = (bytes: DataView, at: number) => bytes.getUint16(at, true) + 65_536 * bytes.getUint8(at + 2);

/** Four letters as the number that big-endian readers find. */
export function fourCC(letters: string): number {
  return Buffer.from(letters, 'latin1').readUInt32BE();
}
