import { TriptychError } from '@triptych/core';

/** An image as it comes in: one or the other. */
export interface RequestedImage {
  /** A file's bytes. */
  readonly encoded?: Uint8Array | undefined;
  /** Pixels, row by row. */
  readonly raw?: {
    /** `rgb`, `rgba`, `grey` (a byte a channel) or `rgb-float` (float32, 0 to 1). */
    readonly format?: string | undefined;
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

const bytesPerPixel: Readonly<Record<PixelLayout, number>> = { rgb: 3, rgba: 4, grey: 1, 'rgb-float': 12 };

const layouts = Object.keys(bytesPerPixel) as PixelLayout[];

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
  const layout = layouts.find((one) => one === format);
  if (!layout) {
    const found = format === undefined ? 'no pixel format is named' : `pixel format ${format} is unknown`;
    throw new TriptychError('PIXEL_FORMAT_UNKNOWN', `${found}; expected one of ${layouts.join(', ')}`, {
      field: 'raw.format',
      choice: { found: format, expected: layouts },
    });
  }
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
  const expected = width * height * bytesPerPixel[layout];
  if (data.length !== expected) {
    throw new TriptychError(
      'IMAGE_SIZE_MISMATCH',
      `${width} × ${height} pixels of ${layout} are ${expected} bytes; found ${data.length}`,
      { field: 'raw.data' },
    );
  }
  return { kind: 'raw', layout, width, height, data };
}
