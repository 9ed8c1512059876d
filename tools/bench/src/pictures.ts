import { fileURLToPath } from 'node:url';
import sharp from 'sharp';

/** Raw RGB pixels without any structure. */
export function noise(width: number, height: number): Buffer {
  return Buffer.from(Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 2654435761) >>> 24));
}

/** A JPEG with the detail of a photograph: one of the reference images, enlarged. */
export async function photo(width: number, height: number): Promise<Buffer> {
  const source = fileURLToPath(new URL('../../reference/images/photo-420.jpg', import.meta.url));
  return sharp(source).resize(width, height, { fit: 'fill' }).jpeg({ quality: 90 }).toBuffer();
}
