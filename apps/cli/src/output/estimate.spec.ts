import { describe, expect, it } from 'vitest';
import { Estimate, roughly } from './estimate.js';

describe('an estimate', () => {
  it('is not made of how a work starts, and is near the truth from the first that is', () => {
    let now = 0;
    const estimate = new Estimate(() => now);
    const said: { left: number; truth: number }[] = [];
    // 20 s before the first of 100 steps is done, then one every 300 ms.
    for (let done = 0; done <= 100; done++) {
      const left = estimate.update(done, 100);
      if (left !== undefined) said.push({ left, truth: (100 - done) * 300 });
      now += done === 0 ? 20_000 : 300;
    }
    expect(said.length).toBeGreaterThan(80);
    for (const { left, truth } of said) expect(left).toBeCloseTo(truth, 6);
  });

  it('leaves out what was there before', () => {
    let now = 0;
    const estimate = new Estimate(() => now);
    estimate.update(900, 1000);
    now = 2000;
    expect(estimate.update(905, 1000)).toBeUndefined();
    now = 4000;
    expect(estimate.update(910, 1000)).toBe(36_000);
  });

  it.each([
    [4400, '4 s'],
    [150_000, '3 min'],
    [9_000_000, '2.5 h'],
  ])('of %d ms reads as %s', (ms, text) => {
    expect(roughly(ms)).toBe(text);
  });
});
