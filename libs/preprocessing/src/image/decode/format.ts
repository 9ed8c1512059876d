import { TriptychError } from '@triptych/core';

/** Encoded formats that are served. */
export type ImageFormat = 'jpeg' | 'png' | 'webp' | 'gif' | 'avif' | 'tiff';

interface Signature {
  readonly at: number;
  readonly bytes: string;
}

const served: readonly { readonly format: ImageFormat; readonly signature: readonly Signature[] }[] = [
  { format: 'jpeg', signature: [{ at: 0, bytes: '\xff\xd8\xff' }] },
  { format: 'png', signature: [{ at: 0, bytes: '\x89PNG\r\n\x1a\n' }] },
  {
    format: 'webp',
    signature: [
      { at: 0, bytes: 'RIFF' },
      { at: 8, bytes: 'WEBP' },
    ],
  },
  { format: 'gif', signature: [{ at: 0, bytes: 'GIF87a' }] },
  { format: 'gif', signature: [{ at: 0, bytes: 'GIF89a' }] },
  { format: 'avif', signature: [{ at: 4, bytes: 'ftypavif' }] },
  { format: 'avif', signature: [{ at: 4, bytes: 'ftypavis' }] },
  { format: 'tiff', signature: [{ at: 0, bytes: 'II*\0' }] },
  { format: 'tiff', signature: [{ at: 0, bytes: 'MM\0*' }] },
];

/** Found often enough to be named, and not served: they are programs for drawing, or need licences. */
const known: readonly { readonly name: string; readonly start: RegExp }[] = [
  { name: 'PDF', start: /^%PDF/ },
  { name: 'SVG', start: /^\s*<(\?xml|svg|!DOCTYPE svg)/i },
  { name: 'HEIC', start: /^.{4}ftyp(heic|heix|mif1|hevc)/s },
  { name: 'BMP', start: /^BM/ },
  { name: 'JPEG XL', start: /^(\xff\x0a|\0\0\0\x0cJXL )/ },
  { name: 'JPEG 2000', start: /^(\xff\x4f\xff\x51|\0\0\0\x0cjP {2})/ },
];

const LONGEST_SIGNATURE = 64;

/** Tells a format by its first bytes. Throws IMAGE_EMPTY or IMAGE_FORMAT_UNKNOWN. */
export function imageFormat(data: Uint8Array): ImageFormat {
  if (data.length === 0)
    throw new TriptychError('IMAGE_EMPTY', 'the image holds no bytes', { field: 'encoded' });
  const start = Buffer.from(data.buffer, data.byteOffset, Math.min(data.length, LONGEST_SIGNATURE)).toString(
    'latin1',
  );
  const found = served.find(({ signature }) =>
    signature.every(({ at, bytes }) => start.startsWith(bytes, at)),
  );
  if (found) return found.format;
  const name = known.find((other) => other.start.test(start))?.name;
  throw new TriptychError(
    'IMAGE_FORMAT_UNKNOWN',
    `the image is ${name ?? 'of no known format'}; expected JPEG, PNG, WebP, GIF, AVIF or TIFF`,
    { field: 'encoded' },
  );
}
