/** Largest absolute difference; infinite where lengths differ. */
export function maxDifference(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) return Infinity;
  return a.reduce((worst, value, i) => Math.max(worst, Math.abs(value - b[i])), 0);
}

/** Lowest cosine over vectors of `width` values, pair by pair; −1 where lengths differ. */
export function lowestCosine(a: Float32Array, b: Float32Array, width = a.length): number {
  if (a.length !== b.length) return -1;
  let lowest = 1;
  for (let row = 0; row < a.length; row += width) {
    let [ab, aa, bb] = [0, 0, 0];
    for (let i = row; i < row + width; i++) {
      ab += a[i] * b[i];
      aa += a[i] * a[i];
      bb += b[i] * b[i];
    }
    lowest = Math.min(lowest, ab / Math.sqrt(aa * bb));
  }
  return lowest;
}

/** Rows of `width` values. */
export function pickRows(values: Float32Array, rows: readonly number[], width: number): Float32Array {
  return Float32Array.from(
    { length: rows.length * width },
    (_, i) => values[rows[Math.floor(i / width)] * width + (i % width)],
  );
}

/** Pearson's correlation. */
export function correlation(a: Float32Array, b: Float32Array): number {
  const mean = (values: Float32Array) => values.reduce((sum, v) => sum + v, 0) / values.length;
  const [ma, mb] = [mean(a), mean(b)];
  return lowestCosine(
    a.map((v) => v - ma),
    b.map((v) => v - mb),
  );
}

/**
 * Largest length of the difference of two vectors ÷ that of the expected one, over vectors of `width` values, pair by pair: angle
 * and magnitude in one. Infinite where lengths differ.
 */
export function relativeError(found: Float32Array, expected: Float32Array, width = expected.length): number {
  if (found.length !== expected.length) return Infinity;
  let worst = 0;
  for (let row = 0; row < expected.length; row += width) {
    let [difference, length] = [0, 0];
    for (let i = row; i < row + width; i++) {
      difference += (found[i] - expected[i]) ** 2;
      length += expected[i] ** 2;
    }
    worst = Math.max(worst, Math.sqrt(difference / length));
  }
  return worst;
}
