import type { WeightSet } from '@triptych/core';
import type { QuantizationSite } from '@triptych/inference-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Decided } from './choice.js';
import type { Observation } from './observe.js';
import { quantizeSite } from './quantize-site.js';
import { Trials } from './trial.js';
import { Weights } from './weights.js';

const [TOKENS, WIDTH, OUTPUTS] = [64, 32, 48];
let trials: Trials;
beforeAll(async () => {
  trials = await Trials.start();
});
afterAll(() => trials.close());

/** Numbers that look random and are the same each time, from −1 to 1. */
const noise = (i: number) => (Math.imul(i + 1, 2654435761) >>> 8) / 2 ** 23 - 1;

function weightsOf(
  tensors: Record<string, Float32Array<ArrayBuffer>>,
  shapes: Record<string, number[]>,
): Weights {
  const parts: ArrayBuffer[] = [];
  const entries = Object.entries(tensors).map(([name, { buffer, byteLength }]) => {
    parts.push(buffer);
    const place = { part: parts.length - 1, byteOffset: 0, byteLength };
    return [name, { shape: shapes[name], storedAs: 'float32', type: 'float32', ...place }] as const;
  });
  return new Weights({ tensors: new Map(entries), parts } satisfies WeightSet<ArrayBuffer>);
}

/** A layer norm of gain 1 before a product, whose input is `channel(c)` times noise. */
function example(channel: (c: number) => number, canSmooth: boolean, factors?: string) {
  const rows = Float32Array.from({ length: TOKENS * WIDTH }, (_, i) => noise(i) * channel(i % WIDTH));
  const values = Float32Array.from({ length: OUTPUTS * WIDTH }, (_, i) => noise(i + 1e6));
  const columns = Array.from({ length: WIDTH }, (_, c) => rows.filter((_, i) => i % WIDTH === c));
  const observation: Observation = {
    rows,
    minima: Float32Array.from(columns, (column) => Math.min(...column)),
    maxima: Float32Array.from(columns, (column) => Math.max(...column)),
  };
  const weights = weightsOf(
    { norm: new Float32Array(WIDTH).fill(1), weight: values, bias: new Float32Array(OUTPUTS) },
    { norm: [WIDTH], weight: [OUTPUTS, WIDTH], bias: [OUTPUTS] },
  );
  const site: QuantizationSite = {
    block: 'block',
    name: 'mlp in',
    weights: ['weight'],
    biases: ['bias'],
    scaledBy: canSmooth ? ['norm'] : [],
    ...(factors === undefined ? {} : { factors }),
  };
  return {
    site,
    observation,
    weights,
    decided: { ranges: new Map(), inFloat: new Set() } satisfies Decided as Decided,
  };
}

describe('a site', () => {
  it('of even channels is left as it is', async () => {
    const { site, observation, weights, decided } = example(() => 1, true);
    const before = weights.values('weight').slice();
    const { error } = await quantizeSite(trials, site, observation, weights, decided);
    expect(error).toBeLessThan(1e-3);
    expect(weights.values('weight')).toEqual(before);
    expect(decided.ranges.get('weight')?.zeroPoint).toBeCloseTo(127, -1);
  });

  it('with an outlier channel is smoothed into the norm before it, and its product stays', async () => {
    const outlier = (c: number) => (c === 7 ? 300 : 1);
    const plain = example(outlier, false);
    const smoothed = example(outlier, true);
    const [without, with_] = [
      await quantizeSite(trials, plain.site, plain.observation, plain.weights, plain.decided),
      await quantizeSite(trials, smoothed.site, smoothed.observation, smoothed.weights, smoothed.decided),
    ];
    expect(with_.error).toBeLessThan(without.error / 2);
    const gain = smoothed.weights.values('norm');
    expect(gain[7]).toBeLessThan(gain[6] / 4);
    const original = example(outlier, true).weights.values('weight');
    smoothed.weights
      .values('weight')
      .forEach((value, i) => expect(value * gain[i % WIDTH]).toBeCloseTo(original[i], 5));
  });

  it('with an outlier channel gets factors of its own where the norm may not have them', async () => {
    const outlier = (c: number) => (c === 7 ? 300 : 1);
    const plain = example(outlier, false);
    const { site, observation, weights, decided } = example(outlier, false, 'factors');
    const before = weights.values('weight').slice();
    const without = await quantizeSite(trials, plain.site, plain.observation, plain.weights, plain.decided);
    const choice = await quantizeSite(trials, site, observation, weights, decided);
    expect(choice.error).toBeLessThan(without.error / 2);
    expect(decided.ranges.get('weight')).toMatchObject({ factors: 'factors' });
    const { dtype, shape, data } = weights.stored('factors', decided.inFloat);
    expect([dtype, shape]).toEqual(['float32', [WIDTH]]);
    const factors = new Float32Array(data.slice().buffer);
    weights
      .values('weight')
      .forEach((value, i) => expect(value * factors[i % WIDTH]).toBeCloseTo(before[i], 5));
    choice.toFloat();
    expect(weights.names).not.toContain('factors');
    weights.values('weight').forEach((value, i) => expect(value).toBeCloseTo(before[i], 5));
  });

  it('stays in float where int8 would hurt', async () => {
    const { site, observation, weights, decided } = example(() => 1, false);
    // One token reaches a thousand times as far as all others: they fall into a few steps.
    observation.maxima[3] = 1000;
    const before = weights.values('weight').slice();
    const { error } = await quantizeSite(trials, site, observation, weights, decided);
    expect(error).toBeGreaterThan(0.05);
    expect(decided.ranges.size).toBe(0);
    expect(weights.values('weight')).toEqual(before);
    expect(weights.stored('weight', decided.inFloat).dtype).toBe('float16');
  });

  it('goes back to what it was in float', async () => {
    const { site, observation, weights, decided } = example((c) => (c === 7 ? 300 : 1), true);
    const before = weights.names.map((name) => weights.values(name).slice());
    const choice = await quantizeSite(trials, site, observation, weights, decided);
    expect(choice.isInt8).toBe(true);
    choice.toFloat();
    expect([choice.isInt8, decided.ranges.size, decided.inFloat.has('weight')]).toEqual([false, 0, true]);
    weights.names.forEach((name, t) =>
      weights.values(name).forEach((value, i) => expect(value).toBeCloseTo(before[t][i], 5)),
    );
  });
});

describe('a table that stays in float', () => {
  it('is stored in halves where these hold its values, else whole', () => {
    const [small, large] = [Float32Array.of(1, -65_504), Float32Array.of(1, -70_000)];
    const weights = weightsOf({ small, large }, { small: [2, 1], large: [2, 1] });
    expect(weights.stored('small', new Set()).dtype).toBe('float16');
    const { dtype, data } = weights.stored('large', new Set());
    expect([dtype, new Float32Array(data.slice().buffer)]).toEqual(['float32', large]);
  });
});
