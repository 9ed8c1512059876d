import { type ImageFormat, imageFormat } from '../decode/format.js';
import { avifHeader } from './avif.js';
import { jpegHeader } from './jpeg.js';
import { gifHeader, pngHeader, webpHeader } from './plain.js';
import { tiffHeader } from './tiff.js';

/** What the first bytes of a file say of the image in it. They may lie: a decoder checks them against what it finds. */
export interface ImageHeader {
  readonly width: number;
  readonly height: number;
  /** Its decoder holds more than rows of RGB: progressive JPEG and interlaced PNG, whose last bytes change the first rows; CMYK. */
  readonly isBulky: boolean;
}

const readers: Readonly<Record<ImageFormat, (bytes: DataView) => ImageHeader | undefined>> = {
  jpeg: jpegHeader,
  png: pngHeader,
  webp: webpHeader,
  gif: gifHeader,
  avif: avifHeader,
  tiff: tiffHeader,
};

/**
 * Format and size of an encoded image, in microseconds and without decoding; no header where it cannot be told.
 * Throws IMAGE_EMPTY or IMAGE_FORMAT_UNKNOWN.
 */
export function readImageHeader(data: Uint8Array): {
  readonly format: ImageFormat;
  readonly header: ImageHeader | undefined;
} {
  const format = imageFormat(data);
  try {
    const header = readers[format](new DataView(data.buffer, data.byteOffset, data.byteLength));
    return { format, header: header && header.width > 0 && header.height > 0 ? header : undefined };
  } catch (thrown) {
    // The file ends before its size is told.
    if (thrown instanceof RangeError) return { format, header: undefined };
    throw thrown;
  }
}
