import { TriptychError } from '@triptych/core';

/** `Image` as it comes in. */
export interface RequestedImage {
  readonly encoded?: Uint8Array;
  readonly raw?: {
    readonly format: number;
    readonly width: number;
    readonly height: number;
    readonly data: Uint8Array;
  } | null;
}

/** An image to be prepared: a file's bytes, or pixels. */
export type ImageSource = EncodedImageSource | RawImageSource;

export interface EncodedImageSource {
  readonly kind: 'encoded';
  readonly data: Uint8Array;
}

export type PixelLayout = 'rgb' | 'rgba' | 'grey' | 'rgb-float';

export interface RawImageSource {
  readonly kind: 'raw';
  readonly layout: PixelLayout;
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** By `PixelFormat` number. */
const layouts: Readonly<Record<number, { readonly layout: PixelLayout; readonly bytesPerPixel: number }>> = {
  1: { layout: 'rgb', bytesPerPixel: 3 },
  2: { layout: 'rgba', bytesPerPixel: 4 },
  3: { layout: 'grey', bytesPerPixel: 1 },
  4: { layout: 'rgb-float', bytesPerPixel: 12 },
};

/**
 * Checks all of an image that needs no decoding. Throws IMAGE_EMPTY, PIXEL_FORMAT_UNKNOWN, IMAGE_TOO_LARGE or
 * IMAGE_SIZE_MISMATCH.
 */
export function checkImage({ encoded, raw }: RequestedImage, maxPixels: number): ImageSource {
  if (raw) return checkRawImage(raw, maxPixels);
  if (encoded && encoded.length > 0) return { kind: 'encoded', data: encoded };
  throw new TriptychError('IMAGE_EMPTY', 'the image holds neither encoded bytes nor raw pixels', {
    field: 'encoded',
  });
}

function checkRawImage(
  { format, width, height, data }: NonNullable<RequestedImage['raw']>,
  maxPixels: number,
): RawImageSource {
  if (!Object.hasOwn(layouts, format)) {
    throw new TriptychError(
      'PIXEL_FORMAT_UNKNOWN',
      `pixel format ${format}; expected one of ${Object.keys(layouts).join(', ')}`,
      { field: 'raw.format' },
    );
  }
  const { layout, bytesPerPixel } = layouts[format];
  if (width === 0 || height === 0) {
    throw new TriptychError(
      'IMAGE_EMPTY',
      `the image is ${width} × ${height} pixels; expected at least 1 × 1`,
      {
        field: width === 0 ? 'raw.width' : 'raw.height',
      },
    );
  }
  if (width * height > maxPixels) {
    throw new TriptychError(
      'IMAGE_TOO_LARGE',
      `the image is ${width} × ${height} pixels; expected at most ${maxPixels} in all`,
      { field: 'raw' },
    );
  }
  const expected = width * height * bytesPerPixel;
  if (data.length !== expected) {
    throw new TriptychError(
      'IMAGE_SIZE_MISMATCH',
      `${width} × ${height} pixels of ${layout} are ${expected} bytes; found ${data.length}`,
      { field: 'raw.data' },
    );
  }
  return { kind: 'raw', layout, width, height, data };
}
