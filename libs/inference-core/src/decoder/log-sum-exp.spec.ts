import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { highest, logSumExp } from './log-sum-exp.js';

/** As the definition has it. */
function exactly(scores: Float32Array): number {
  const most = scores.reduce((a, b) => Math.max(a, b), -Infinity);
  return most === -Infinity ? most : most + Math.log(scores.reduce((sum, x) => sum + Math.exp(x - most), 0));
}

describe('the logarithm of a sum of exponentials', () => {
  it('is exact to 1e-10, whatever the scores are and wherever they begin', () => {
    const score = fc.oneof(
      fc.float({ min: -80, max: 80, noNaN: true }),
      fc.float({ min: Math.fround(-0.01), max: Math.fround(0.01), noNaN: true }),
      fc.constant(-Infinity),
    );
    fc.assert(
      fc.property(fc.array(score, { minLength: 1, maxLength: 200 }), fc.nat(250), (values, from) => {
        const scores = Float32Array.from(values);
        const rest = scores.subarray(from);
        expect(highest(scores, from)).toBe(rest.reduce((a, b) => Math.max(a, b), -Infinity));
        const expected = exactly(rest);
        if (expected === -Infinity) expect(logSumExp(scores, from)).toBe(-Infinity);
        else expect(Math.abs(logSumExp(scores, from) - expected)).toBeLessThan(1e-10);
      }),
      { numRuns: 500 },
    );
  });
});
