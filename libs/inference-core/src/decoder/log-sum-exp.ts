/** The largest of the scores from `from` to before `to`. */
export function highest(scores: Float32Array, from = 0, to = scores.length): number {
  let most = -Infinity;
  for (let i = from; i < to; i++) if (scores[i] > most) most = scores[i];
  return most;
}

/** Beyond this below the largest, all tokens of a vocabulary together do not change a float32. */
const NEGLIGIBLE = 30;
/** So many steps between two powers of 2. */
const STEPS = 256;
const powers = Float64Array.from({ length: STEPS }, (_, i) => 2 ** (i / STEPS));
/** 2 ** −63 to 1: as far as what is not negligible goes. */
const octaves = Float64Array.from({ length: 64 }, (_, i) => 2 ** (i - 63));
const STEPS_OF_1 = STEPS / Math.LN2;
const ONE_STEP = Math.LN2 / STEPS;
const FIRST = 63 * STEPS;

/**
 * log Σ exp(scores), of those from `from` on, whose largest is `most`. The exponentials are a table's entry times a polynomial of what is left, exact to 1e-11:
 * `Math.exp` of each token of a vocabulary takes five times as long, for every row of every step.
 */
export function logSumExp(scores: Float32Array, from = 0, most = highest(scores, from)): number {
  if (most === -Infinity) return -Infinity;
  let sum = 0;
  for (let i = from; i < scores.length; i++) {
    const below = scores[i] - most;
    if (!(below > -NEGLIGIBLE)) continue;
    const steps = below * STEPS_OF_1 + FIRST;
    const whole = steps | 0;
    const rest = (steps - whole) * ONE_STEP;
    sum +=
      powers[whole & (STEPS - 1)] * octaves[whole >> 8] * (1 + rest * (1 + rest * (0.5 + rest * (1 / 6))));
  }
  return most + Math.log(sum);
}
