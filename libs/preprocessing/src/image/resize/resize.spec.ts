import { describe, expect, it } from 'vitest';
import type { Pixels } from '../pixels.js';
import { FRACTION_BITS, kernels, resamplingTaps, type Taps } from './filters.js';
import { resizeAndCrop, type ResizePlan } from './resize.js';

function picture(width: number, height: number, channels: number): Pixels {
  const data = Uint8Array.from({ length: width * height * channels }, (_, i) => (i * 7919 + i * i) % 256);
  return { width, height, channels, data };
}

function whole(width: number, height: number): ResizePlan {
  return { width, height, crop: { left: 0, top: 0, width, height } };
}

/** One value of the output, of a direction that changes or not. */
function weighted({ taps, first, count, weights }: Taps, at: number, input: (i: number) => number): number {
  let sum = 1 << (FRACTION_BITS - 1);
  for (let t = 0; t < count[at]; t++) sum += weights[at * taps + t] * input(first[at] + t);
  return Math.min(255, Math.max(0, sum >> FRACTION_BITS));
}

/** The definition, value by value, in one order of the two directions. */
function resized(
  { width, height, channels, data }: Pixels,
  plan: ResizePlan,
  isColumnsFirst: boolean,
): number[] {
  const columns = resamplingTaps(width, plan.width, 0, plan.width, kernels.bicubic);
  const rows = resamplingTaps(height, plan.height, 0, plan.height, kernels.bicubic);
  return Array.from({ length: plan.height * plan.width * 3 }, (_, i) => {
    const [y, x] = [Math.floor(i / 3 / plan.width), Math.floor(i / 3) % plan.width];
    const value = (row: number, column: number) =>
      data[(row * width + column) * channels + (channels < 3 ? 0 : i % 3)];
    return isColumnsFirst
      ? weighted(columns, x, (column) => weighted(rows, y, (row) => value(row, column)))
      : weighted(rows, y, (row) => weighted(columns, x, (column) => value(row, column)));
  });
}

describe('resizeAndCrop', () => {
  it.each([
    ['an odd number of rows', 12, 9],
    ['one row', 12, 1],
    ['a width that is no multiple of four', 7, 8],
    ['one column', 1, 8],
  ])('gives the values of the definition for %s', (_, width, height) => {
    for (const channels of [1, 2, 3, 4]) {
      const image = picture(width, height, channels);
      for (const plan of [whole(5, 3), whole(13, 17), whole(1, 1)])
        expect([...resizeAndCrop(image, plan, kernels.bicubic)]).toEqual(resized(image, plan, false));
    }
  });

  it('resizes down the columns first where an image is very tall, whatever its channels', () => {
    for (const channels of [1, 2, 3]) {
      const image = picture(1, 150, channels);
      const plan = whole(5, 3);
      expect([...resizeAndCrop(image, plan, kernels.bicubic)]).toEqual(resized(image, plan, true));
    }
  });
});
