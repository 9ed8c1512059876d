import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rank, toMatrix } from '../similarity.js';
import { fuseScores, rankFusionRules } from './fuse-rankings.js';
import { fuseVectors, vectorFusionRules } from './fuse-vectors.js';

const fuse = (vectors: number[][], weights: number[], rule: (typeof vectorFusionRules)[number]) =>
  fuseVectors(
    toMatrix(
      vectors.map((vector) => Float32Array.from(vector)),
      vectors[0].length,
    ),
    weights,
    rule,
  );
const rounded = (values: Iterable<number>, digits = 5) =>
  [...values].map((value) => Number(value.toFixed(digits)) + 0);

/** Vectors of length 1 within a cone of less than a right angle, so that they have a direction in common. */
const cone = fc
  .array(fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 5, maxLength: 5 }), {
    minLength: 1,
    maxLength: 6,
  })
  .map((offsets) =>
    offsets.map((offset) => {
      const vector = [3, ...offset];
      const length = Math.hypot(...vector);
      return vector.map((value) => value / length);
    }),
  );
const weight = fc.double({ min: 0.1, max: 10, noNaN: true });

describe.each(vectorFusionRules)('vectors that become one by %s', (rule) => {
  it('have length 1, whatever their weights are a multiple of, and one that counts nothing changes nothing', () => {
    fc.assert(
      fc.property(cone, weight, fc.infiniteStream(weight), (vectors, factor, more) => {
        const weights = vectors.map(() => more.next().value as number);
        const { values, cosines } = fuse(vectors, weights, rule);
        expect(Math.hypot(...values)).toBeCloseTo(1, 5);
        expect(cosines).toHaveLength(vectors.length);
        const scaled = weights.map((one) => factor * one);
        expect(rounded(fuse(vectors, scaled, rule).values, 4)).toEqual(rounded(values, 4));
        const beside = fuse([...vectors, [0, 0, 0, 0, 0, 1]], [...weights, 0], rule);
        expect(rounded(beside.values)).toEqual(rounded(values));
      }),
    );
  });

  it('are what each of them is where they are the same', () => {
    expect(rounded(fuse([[0.6, 0.8], [0.6, 0.8]], [1, 3], rule).values)).toEqual([0.6, 0.8]); // prettier-ignore
  });

  it('have no direction where they cancel each other out', () => {
    if (rule === 'max') return expect(rounded(fuse([[1, 0], [-1, 0]], [2, 1], rule).values)).toEqual([1, 0]); // prettier-ignore
    expect(() => fuse([[1, 0], [-1, 0]], [1, 1], rule)).toThrow(
      expect.objectContaining({ reason: 'FUSION_UNDEFINED', field: 'items' }) as Error,
    ); // prettier-ignore
  });
});

describe('the geodesic mean', () => {
  it('of two vectors lies on their arc, at their weights', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 3, noNaN: true }),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        (angle, share) => {
          const { values } = fuse([[1, 0], [Math.cos(angle), Math.sin(angle)]], [1 - share, share], 'geodesic'); // prettier-ignore
          expect(Math.atan2(values[1], values[0])).toBeCloseTo(share * angle, 4);
        },
      ),
    );
  });

  it('has no tangent that leads away from it: nothing near it has a smaller sum of squared angles', () => {
    fc.assert(
      fc.property(cone, (vectors) => {
        const weights = vectors.map((_, i) => i + 1);
        const { values } = fuse(vectors, weights, 'geodesic');
        const sum = (point: Iterable<number>) =>
          vectors.reduce((total, vector, i) => {
            const cosine = [...point].reduce((dot, value, d) => dot + value * vector[d], 0);
            return total + weights[i] * Math.acos(Math.min(1, cosine)) ** 2;
          }, 0);
        const least = sum(values);
        for (let d = 1; d < 6; d++)
          for (const step of [-0.02, 0.02]) {
            const moved = [...values].map((value, i) => value + (i === d ? step : 0));
            const length = Math.hypot(...moved);
            expect(sum(moved.map((value) => value / length))).toBeGreaterThan(least - 1e-6);
          }
      }),
    );
  });
});

describe('the principal direction', () => {
  it('leans to the vectors that agree', () => {
    const vectors = [[1, 0, 0], [1, 0, 0], [0.6, 0.8, 0]]; // prettier-ignore
    const towards = (rule: 'mean' | 'principal') => fuse(vectors, [1, 1, 1], rule).values[0];
    expect(towards('principal')).toBeGreaterThan(towards('mean'));
    // Of the first eigenvector of [[2.36, 0.48], [0.48, 0.64]].
    const angle = Math.atan2(2 * 0.48, 2.36 - 0.64) / 2;
    expect(rounded(fuse(vectors, [1, 1, 1], 'principal').values)).toEqual(
      rounded([Math.cos(angle), Math.sin(angle), 0]),
    );
  });
});

describe('scores of several rankings', () => {
  const list = (scores: number[], of = 1) => ({ scores: Float32Array.from(scores), weight: of });
  const fused = (lists: ReturnType<typeof list>[], rule: (typeof rankFusionRules)[number]) =>
    rounded(fuseScores(lists, { rule, rankConstant: 60 }));

  it('are what their papers have', () => {
    const lists = [list([0.9, 0.5, 0.1]), list([10, 30, 20], 2)];
    expect(fused(lists, 'mean-cosine')).toEqual(rounded([20.9 / 3, 60.5 / 3, 40.1 / 3]));
    expect(fused(lists, 'reciprocal-rank')).toEqual(
      rounded([1 / 61 + 2 / 63, 1 / 62 + 2 / 61, 1 / 63 + 2 / 62]),
    );
    expect(fused(lists, 'min-max')).toEqual(rounded([1 / 3, 2.5 / 3, 1 / 3]));
    const z = Math.sqrt(1.5);
    expect(fused(lists, 'z-score')).toEqual(rounded([(z - 2 * z) / 3, (2 * z) / 3, -z / 3]));
  });

  it('of which all are equal, or that count nothing, change no order', () => {
    const scores = fc.array(
      fc.integer({ min: -100, max: 100 }).map((n) => n / 100),
      { minLength: 2, maxLength: 9 },
    );
    fc.assert(
      fc.property(scores, fc.constantFrom(...rankFusionRules), (values, rule) => {
        const order = (lists: ReturnType<typeof list>[]) =>
          rank(fuseScores(lists, { rule, rankConstant: 60 }), 0).map(({ index }) => index);
        const alone = order([list(values)]);
        expect(order([list(values), list([...values].reverse(), 0)])).toEqual(alone);
        if (rule !== 'reciprocal-rank')
          expect(order([list(values), list(values.map(() => 0.5))])).toEqual(alone);
      }),
    );
  });

  it.each(['min-max', 'z-score', 'reciprocal-rank'] as const)(
    'have no say by their scale and offset (%s)',
    (rule) => {
      const lists = [list([0.9, 0.5, 0.1, 0.3]), list([0.2, 0.8, 0.4, 0.1])];
      const stretched = [lists[0], list([0.2, 0.8, 0.4, 0.1].map((score) => 100 * score - 7))];
      expect(rounded(fuseScores(stretched, { rule, rankConstant: 60 }), 3)).toEqual(
        rounded(fuseScores(lists, { rule, rankConstant: 60 }), 3),
      );
    },
  );
});
