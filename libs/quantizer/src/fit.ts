import type { InputRange } from '@triptych/core';
import type { Observation } from './observe.js';
import type { TrialResult, Trials } from './trial.js';

/** How a site is quantised. */
export interface Fit extends TrialResult {
  readonly range: InputRange;
  readonly smoothing: Float32Array<ArrayBuffer>;
}

/**
 * How much of the difficulty of outlier channels moves from the input to the weights (SmoothQuant, Xiao et al. 2023, α).
 */
const STRENGTHS = [0.3, 0.5, 0.7];
/** Smoothing is worth it where it makes the error so much smaller. */
const WORTH = 0.5;
/**
 * What inputs may go beyond the range that calibration saw, as a factor. Smoothed channels all reach for the same
 * bounds: any of them can be the one that goes beyond.
 */
const HEADROOM = { plain: 1.3, smoothed: 1.5 };

/**
 * Finds the smoothing and the range with which a site's products come out nearest to those in float32. The range is that
 * of the samples and some more: clipping the samples' own outliers makes their products better, and others' worse.
 */
export async function fitSite(
  trials: Trials,
  observation: Observation,
  weights: Float32Array<ArrayBuffer>,
  canSmooth: boolean,
): Promise<Fit> {
  const { rows, minima } = observation;
  const attempt = async (smoothing: Float32Array<ArrayBuffer>, headroom: number) => {
    const [low, high] = smoothedRange(observation, smoothing).map((bound) => bound * headroom);
    const result = await trials.run({ rows, weights, smoothing, low, high });
    return { ...result, smoothing, range: rangeOf(low, high) };
  };
  let best = await attempt(new Float32Array(minima.length).fill(1), HEADROOM.plain);
  let bound = WORTH * best.error;
  for (const strength of canSmooth ? STRENGTHS : []) {
    const smoothed = await attempt(smoothingOf(observation, weights, strength), HEADROOM.smoothed);
    if (smoothed.error >= bound) continue;
    best = smoothed;
    bound = smoothed.error;
  }
  return best;
}

/** Lowest and highest value of the smoothed input; 0 is always between them, so that it stays exact. */
function smoothedRange({ minima, maxima }: Observation, smoothing: Float32Array): [number, number] {
  let [low, high] = [0, 0];
  for (let c = 0; c < smoothing.length; c++) {
    low = Math.min(low, minima[c] / smoothing[c]);
    high = Math.max(high, maxima[c] / smoothing[c]);
  }
  return [low, Math.max(high, low + Number.MIN_VALUE, 1e-6)];
}

/** max|x|^α ÷ max|w|^(1 − α), channel by channel. */
function smoothingOf(
  { minima, maxima }: Observation,
  weights: Float32Array,
  strength: number,
): Float32Array<ArrayBuffer> {
  const width = minima.length;
  const largest = new Float32Array(width);
  for (let i = 0, c = 0; i < weights.length; i++) {
    largest[c] = Math.max(largest[c], Math.abs(weights[i]));
    c = c + 1 === width ? 0 : c + 1;
  }
  return Float32Array.from({ length: width }, (_, c) => {
    const input = Math.max(Math.abs(minima[c]), Math.abs(maxima[c]), 1e-5);
    return Math.max(1e-4, Math.min(1e4, input ** strength / Math.max(largest[c], 1e-5) ** (1 - strength)));
  });
}

function rangeOf(low: number, high: number): InputRange {
  const scale = Math.fround((high - low) / 255);
  return { scale, zeroPoint: Math.max(0, Math.min(255, Math.round(-low / scale))) };
}
