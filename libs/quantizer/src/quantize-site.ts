import type { InputRange } from '@triptych/core';
import { fitSite } from './fit.js';
import type { Observation } from './observe.js';
import type { Site } from './site.js';
import type { Trials } from './trial.js';
import type { Weights } from './weights.js';

/** A site whose products come out worse than this stays in float: −13 dB. */
const MAX_ERROR = 0.05;

/**
 * Fits a site, and where it comes out well notes the range of its products and changes its weights accordingly. Returns
 * its error: squared error of the products ÷ their squared values.
 */
export async function quantizeSite(
  trials: Trials,
  site: Site,
  observation: Observation,
  weights: Weights,
  ranges: Map<string, InputRange>,
): Promise<number> {
  const all = joined(site.weights.map((name) => weights.values(name)));
  const { error, range, smoothing, shift } = await fitSite(
    trials,
    observation,
    all,
    site.scaledBy.length > 0,
  );
  if (error > MAX_ERROR) return error;
  for (const name of site.scaledBy)
    weights.scaleRows(
      name,
      smoothing.map((factor) => 1 / factor),
    );
  let at = 0;
  site.weights.forEach((name, i) => {
    weights.scaleColumns(name, smoothing);
    ranges.set(name, range);
    const [outputs] = weights.shape(name);
    const bias = site.biases[i];
    // What rounding moves a channel's mean by, its bias takes back (Nagel et al. 2019, bias correction).
    if (bias !== undefined) weights.add(bias, shift.subarray(at, at + outputs));
    at += outputs;
  });
  return error;
}

function joined(arrays: readonly Float32Array[]): Float32Array<ArrayBuffer> {
  const all = new Float32Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const array of arrays) {
    all.set(array, at);
    at += array.length;
  }
  return all;
}
