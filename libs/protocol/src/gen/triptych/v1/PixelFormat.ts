// Original file: ../../proto/triptych/v1/image.proto

export const PixelFormat = {
  PIXEL_FORMAT_UNSPECIFIED: 0,
  PIXEL_FORMAT_RGB8: 1,
  PIXEL_FORMAT_RGBA8: 2,
  PIXEL_FORMAT_GRAY8: 3,
  PIXEL_FORMAT_RGB_F32LE: 4,
} as const;

export type PixelFormat =
  | 'PIXEL_FORMAT_UNSPECIFIED'
  | 0
  | 'PIXEL_FORMAT_RGB8'
  | 1
  | 'PIXEL_FORMAT_RGBA8'
  | 2
  | 'PIXEL_FORMAT_GRAY8'
  | 3
  | 'PIXEL_FORMAT_RGB_F32LE'
  | 4

export type PixelFormat__Output = typeof PixelFormat[keyof typeof PixelFormat]
