/** A resampling kernel: its weight at a distance, and the distance from which on it is zero. */
export interface Kernel {
  readonly support: number;
  readonly weight: (distance: number) => number;
}

/** Coefficient of Keys' cubic convolution (1981), as Pillow has it. */
const A = -0.5;

function cubic(distance: number): number {
  const x = Math.abs(distance);
  if (x < 1) return ((A + 2) * x - (A + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * A;
  return 0;
}

/** By the name of the filter; preprocessor_config.json has its number in Pillow, `Image.Resampling`. */
export const kernels = {
  bilinear: { support: 1, weight: (x: number) => Math.max(0, 1 - Math.abs(x)) },
  bicubic: { support: 2, weight: cubic },
} satisfies Record<string, Kernel>;

export type FilterName = keyof typeof kernels;

/** Fixed-point weights: a pixel at place i of the output is Σ weights[i·taps + t] · input[first[i] + t], t < count[i]. */
export interface Taps {
  readonly taps: number;
  readonly first: Int32Array;
  readonly count: Int32Array;
  readonly weights: Int32Array;
}

/** Bits behind the point: 32, less 8 for a pixel and 2 for the overshoot of the kernel's negative lobes. */
export const FRACTION_BITS = 22;

/**
 * Weights that shrink or stretch `input` pixels to `output`, for the outputs `from` up to `to`. After Pillow's
 * `precompute_coeffs` and `normalize_coeffs_8bpc` (libImaging/Resample.c): the kernel is widened by the scale when
 * shrinking, cut at the image's edges, normalised in double precision and rounded to fixed point.
 */
export function resamplingTaps(
  input: number,
  output: number,
  from: number,
  to: number,
  { support, weight }: Kernel,
): Taps {
  const scale = input / output;
  const widening = Math.max(scale, 1);
  const reach = support * widening;
  const taps = Math.ceil(reach) * 2 + 1;
  const first = new Int32Array(to - from);
  const count = new Int32Array(to - from);
  const weights = new Int32Array((to - from) * taps);
  const exact = new Float64Array(taps);
  for (let i = 0; i < to - from; i++) {
    const center = (from + i + 0.5) * scale;
    const start = Math.max(0, Math.trunc(center - reach + 0.5));
    const length = Math.min(input, Math.trunc(center + reach + 0.5)) - start;
    let sum = 0;
    for (let t = 0; t < length; t++) {
      exact[t] = weight((t + start - center + 0.5) * (1 / widening));
      sum += exact[t];
    }
    for (let t = 0; t < length; t++) {
      const normalized = sum === 0 ? exact[t] : exact[t] / sum;
      weights[i * taps + t] = Math.trunc(normalized * 2 ** FRACTION_BITS + (normalized < 0 ? -0.5 : 0.5));
    }
    first[i] = start;
    count[i] = length;
  }
  return { taps, first, count, weights };
}
