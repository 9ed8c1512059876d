import type { ImageHeader } from './header.js';

const LITTLE_ENDIAN = 0x4949;
const ENTRY_BYTES = 12;
const IMAGE_WIDTH = 256;
const IMAGE_LENGTH = 257;
const SHORT = 3;
/** Tags below those of the size are three. */
const MOST_ENTRIES = 16;

/** TIFF: two entries of its first directory, which is sorted by tag. */
export function tiffHeader(bytes: DataView): ImageHeader {
  const isLittle = bytes.getUint16(0) === LITTLE_ENDIAN;
  const directory = bytes.getUint32(4, isLittle);
  const entries = Math.min(MOST_ENTRIES, bytes.getUint16(directory, isLittle));
  let [width, height] = [0, 0];
  for (let i = 0; i < entries; i++) {
    const at = directory + 2 + i * ENTRY_BYTES;
    const tag = bytes.getUint16(at, isLittle);
    if (tag > IMAGE_LENGTH) break;
    const isShort = bytes.getUint16(at + 2, isLittle) === SHORT;
    const value = isShort ? bytes.getUint16(at + 8, isLittle) : bytes.getUint32(at + 8, isLittle);
    if (tag === IMAGE_WIDTH) width = value;
    if (tag === IMAGE_LENGTH) height = value;
  }
  return { width, height, isBulky: false };
}
