import type { Pixels } from '../pixels.js';
import { FRACTION_BITS, type Kernel, resamplingTaps, type Taps } from './filters.js';

/** Part of a resized image: it is resized to `width` × `height`, and `crop` is cut out. */
export interface ResizePlan {
  readonly width: number;
  readonly height: number;
  readonly crop: {
    readonly left: number;
    readonly top: number;
    readonly width: number;
    readonly height: number;
  };
}

const HALF = 1 << (FRACTION_BITS - 1);

/**
 * RGB of the crop, byte for byte as Pillow's `Image.resize` gives it: along rows, then down columns, each rounded to 8 bits;
 * a direction whose size does not change is left alone. Only what the crop shows is computed, of each pass.
 */
export function resizeAndCrop(
  image: Pixels,
  { width, height, crop }: ResizePlan,
  kernel: Kernel,
): Uint8Array<ArrayBuffer> {
  const tapsOf = (input: number, output: number, from: number, length: number) =>
    input === output ? identity(from, length) : resamplingTaps(input, output, from, from + length, kernel);
  const columns = tapsOf(image.width, width, crop.left, crop.width);
  const rows = tapsOf(image.height, height, crop.top, crop.height);
  if (isColumnsFirst(image, height)) {
    const { channels } = image;
    const flattened = resizeColumns(image.data, image.width * channels, rows, 0);
    const narrowed = resizeRows({ data: flattened, width: image.width, channels }, columns, 0, crop.height);
    return new Uint8Array(narrowed.buffer);
  }
  const last = crop.height - 1;
  const top = rows.first[0];
  const narrowed = resizeRows(image, columns, top, rows.first[last] + rows.count[last]);
  return resizeColumns(narrowed, 3 * crop.width, rows, top);
}

/** Very tall images that become lower are resized down their columns first, as Pillow (12.3) does. */
function isColumnsFirst(image: Pick<Pixels, 'width' | 'height'>, height: number): boolean {
  return image.height > 100 * image.width && height < image.height;
}

/** Every pixel is itself. */
function identity(from: number, length: number): Taps {
  return {
    taps: 1,
    first: Int32Array.from({ length }, (_, i) => from + i),
    count: new Int32Array(length).fill(1),
    weights: new Int32Array(length).fill(1 << FRACTION_BITS),
  };
}

/** Resamples along each row from `top` up to `bottom`. */
function resizeRows(
  { data, width, channels }: Pick<Pixels, 'data' | 'width' | 'channels'>,
  columns: Taps,
  top: number,
  bottom: number,
): Uint8ClampedArray<ArrayBuffer> {
  const { taps, first, count, weights } = columns;
  const length = first.length;
  const [greenAt, blueAt] = channels < 3 ? [0, 0] : [1, 2];
  const out = new Uint8ClampedArray((bottom - top) * length * 3);
  // Two rows at a time, for which a weight is read once. An odd last row is computed twice, to the same place.
  for (let y = top; y < bottom; y += 2) {
    const isPair = y + 1 < bottom;
    const below = isPair ? width * channels : 0;
    const belowOut = isPair ? length * 3 : 0;
    let to = (y - top) * length * 3;
    for (let x = 0; x < length; x++) {
      let [red, green, blue] = [HALF, HALF, HALF];
      let [redBelow, greenBelow, blueBelow] = [HALF, HALF, HALF];
      let from = (y * width + first[x]) * channels;
      const end = x * taps + count[x];
      for (let t = x * taps; t < end; t++) {
        const weight = weights[t];
        red = (red + Math.imul(weight, data[from])) | 0;
        green = (green + Math.imul(weight, data[from + greenAt])) | 0;
        blue = (blue + Math.imul(weight, data[from + blueAt])) | 0;
        redBelow = (redBelow + Math.imul(weight, data[from + below])) | 0;
        greenBelow = (greenBelow + Math.imul(weight, data[from + below + greenAt])) | 0;
        blueBelow = (blueBelow + Math.imul(weight, data[from + below + blueAt])) | 0;
        from += channels;
      }
      // The clamped array cuts what the kernel's lobes overshoot.
      out[to] = red >> FRACTION_BITS;
      out[to + 1] = green >> FRACTION_BITS;
      out[to + 2] = blue >> FRACTION_BITS;
      out[to + belowOut] = redBelow >> FRACTION_BITS;
      out[to + belowOut + 1] = greenBelow >> FRACTION_BITS;
      out[to + belowOut + 2] = blueBelow >> FRACTION_BITS;
      to += 3;
    }
  }
  return out;
}

/** Resamples down each column of rows of `stride` bytes, of which `data` starts with the row `top`. */
function resizeColumns(
  data: Uint8Array | Uint8ClampedArray,
  stride: number,
  rows: Taps,
  top: number,
): Uint8Array<ArrayBuffer> {
  const { taps, first, count, weights } = rows;
  const out = new Uint8ClampedArray(first.length * stride);
  for (let y = 0; y < first.length; y++) {
    const begin = (first[y] - top) * stride;
    const end = y * taps + count[y];
    // Four columns at a time, for which a weight is read once. What the last four compute beyond a row is overwritten by the next row, and beyond the last row left out.
    for (let x = 0; x < stride; x += 4) {
      let [a, b, c, d] = [HALF, HALF, HALF, HALF];
      let from = begin + x;
      for (let t = y * taps; t < end; t++) {
        const weight = weights[t];
        a = (a + Math.imul(weight, data[from])) | 0;
        b = (b + Math.imul(weight, data[from + 1])) | 0;
        c = (c + Math.imul(weight, data[from + 2])) | 0;
        d = (d + Math.imul(weight, data[from + 3])) | 0;
        from += stride;
      }
      const to = y * stride + x;
      out[to] = a >> FRACTION_BITS;
      out[to + 1] = b >> FRACTION_BITS;
      out[to + 2] = c >> FRACTION_BITS;
      out[to + 3] = d >> FRACTION_BITS;
    }
  }
  return new Uint8Array(out.buffer);
}
