import { type ImageFormat, imageFormat } from '../decode/format.js';
import { avifHeader } from './avif.js';
import type { ImageHeader } from './header.js';
import { jpegHeader } from './jpeg.js';
import { gifHeader, pngHeader, webpHeader } from './plain.js';
import { tiffHeader } from './tiff.js';

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
