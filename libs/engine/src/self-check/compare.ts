import { TriptychError } from '@triptych/core';
import type { ReferenceItem } from './reference.js';

/** One input's vector beside the reference's. */
export interface ItemComparison {
  readonly kind: ReferenceItem['kind'];
  /** Its name in the reference. */
  readonly input: string;
  readonly cosine: number;
  readonly maxAbsDifference: number;
}

export interface Comparison {
  readonly items: readonly ItemComparison[];
  readonly cosine: { readonly min: number; readonly mean: number; readonly max: number };
  readonly maxAbsDifference: number;
  /** Cosines of every pair of inputs, by the reference and as found, and how they correlate (Pearson). */
  readonly similarities: readonly { readonly reference: number; readonly found: number }[];
  readonly similarityCorrelation: number;
}

/** Compares vectors one by one, and the similarities that they make. Throws SPACE_MISMATCH where lengths differ. */
export function compareVectors(items: readonly ReferenceItem[], found: readonly Float32Array[]): Comparison {
  const compared = items.map(({ kind, name, vector }, i): ItemComparison => {
    if (vector.length !== found[i].length) {
      throw new TriptychError(
        'SPACE_MISMATCH',
        `${name}: a vector of ${found[i].length} values; the reference has ${vector.length}`,
      );
    }
    const differences = vector.map((value, k) => Math.abs(value - found[i][k]));
    return {
      kind,
      input: name,
      cosine: cosine(vector, found[i]),
      maxAbsDifference: differences.reduce((a, b) => Math.max(a, b)),
    };
  });
  const cosines = compared.map((item) => item.cosine);
  const pairs = items.flatMap((a, i) =>
    items.slice(i + 1).map((b, k) => [a, b, found[i], found[i + 1 + k]] as const),
  );
  const similarities = pairs.map(([a, b, x, y]) => ({
    reference: cosine(a.vector, b.vector),
    found: cosine(x, y),
  }));
  return {
    items: compared,
    cosine: { min: Math.min(...cosines), mean: mean(cosines), max: Math.max(...cosines) },
    maxAbsDifference: Math.max(...compared.map((item) => item.maxAbsDifference)),
    similarities,
    similarityCorrelation: correlation(similarities),
  };
}

function cosine(a: Float32Array, b: Float32Array): number {
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    ab += a[i] * b[i];
    aa += a[i] * a[i];
    bb += b[i] * b[i];
  }
  return ab / Math.sqrt(aa * bb);
}

/** 1 where there are too few pairs to tell. */
function correlation(pairs: Comparison['similarities']): number {
  if (pairs.length < 2) return 1;
  const [x, y] = [mean(pairs.map((pair) => pair.reference)), mean(pairs.map((pair) => pair.found))];
  let [xy, xx, yy] = [0, 0, 0];
  for (const { reference, found } of pairs) {
    xy += (reference - x) * (found - y);
    xx += (reference - x) ** 2;
    yy += (found - y) ** 2;
  }
  return xy / Math.sqrt(xx * yy);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
