import { rankVectors } from '@triptych/clip-engine';

/** Share of queries whose right answer is among the first 1, 5 and 10; who scores the same is not before it. */
export type Recall = readonly [number, number, number];

export const TOP = [1, 5, 10] as const;

/** Some emoji share a picture; their vectors differ by rounding alone. */
export const SAME = 1e-6;

/** A query's vector, and which candidate is right. */
export interface Query {
  readonly vector: Float32Array;
  readonly answer: number;
}

export function recall(queries: readonly Query[], candidates: readonly Float32Array[]): Recall {
  const right = [0, 0, 0];
  for (const { vector, answer } of queries) {
    const ranked = rankVectors(vector, candidates, 0);
    const target = ranked.find(({ index }) => index === answer)?.score ?? Infinity;
    const place = ranked.findIndex(({ score }) => score <= target + SAME);
    TOP.forEach((k, i) => (right[i] += Number(place < k)));
  }
  return [right[0] / queries.length, right[1] / queries.length, right[2] / queries.length];
}
