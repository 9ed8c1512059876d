import type { QuantizationSite } from '@triptych/inference-core';
import type { Choice, Decided } from './choice.js';
import { fitSite } from './fit.js';
import type { Observation } from './observe.js';
import type { Trials } from './trial.js';
import type { Weights } from './weights.js';

/** A site whose products come out worse than this stays in float: −13 dB. */
const MAX_ERROR = 0.05;

/** Fits a site, and where it comes out well puts it into int8: its weights change with each choice. */
export async function quantizeSite(
  trials: Trials,
  site: QuantizationSite,
  observation: Observation,
  weights: Weights,
  { ranges, inFloat }: Decided,
): Promise<Choice> {
  const all = joined(site.weights.map((name) => weights.values(name)));
  const canSmooth = site.scaledBy.length > 0 || site.factors !== undefined;
  const { error, range: plain, smoothing, shift } = await fitSite(trials, observation, all, canSmooth);
  const factors = smoothing.some((factor) => factor !== 1) ? site.factors : undefined;
  const range = factors === undefined ? plain : { ...plain, factors };
  const inverse = smoothing.map((factor) => 1 / factor);
  const smooth = (inputs: Float32Array, products: Float32Array) => {
    for (const name of site.scaledBy) weights.scaleRows(name, inputs);
    for (const name of site.weights) weights.scaleColumns(name, products);
  };
  // What rounding moves a channel's mean by, its bias takes back (Nagel et al. 2019, bias correction).
  let at = 0;
  site.weights.forEach((name, i) => {
    const [outputs] = weights.shape(name);
    const bias = site.biases[i];
    if (bias !== undefined) weights.correct(bias, shift.subarray(at, at + outputs));
    at += outputs;
  });
  const setCorrected = (isOn: boolean) => {
    for (const bias of site.biases) if (bias !== undefined) weights.setCorrected(bias, isOn);
  };
  site.weights.forEach((name) => inFloat.add(name));
  const choice: Choice = {
    block: site.block,
    name: site.name,
    error,
    get isInt8() {
      return ranges.has(site.weights[0]);
    },
    toInt8: () => {
      if (choice.isInt8) return;
      smooth(inverse, smoothing);
      setCorrected(true);
      if (factors !== undefined) weights.add(factors, inverse);
      site.weights.forEach((name) => ranges.set(name, range) && inFloat.delete(name));
    },
    toFloat: () => {
      if (!choice.isInt8) return;
      setCorrected(false);
      if (factors !== undefined) weights.remove(factors);
      smooth(smoothing, inverse);
      site.weights.forEach((name) => ranges.delete(name) && inFloat.add(name));
    },
  };
  if (error <= MAX_ERROR) choice.toInt8();
  return choice;
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
