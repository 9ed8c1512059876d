import { TriptychError } from '@triptych/core';
import type { VectorMatrix } from '../similarity.js';

/** How vectors of length 1 become one; the first is the default. See docs/fusion.md. */
export const vectorFusionRules = ['mean', 'geodesic', 'principal', 'max'] as const;
export type VectorFusionRule = (typeof vectorFusionRules)[number];

/** A vector of length 1, and how near the ones that it was made of are to it. */
export interface FusedVector {
  readonly values: Float32Array<ArrayBuffer>;
  /** Of each vector to it, those of weight 0 too. */
  readonly cosines: Float32Array<ArrayBuffer>;
}

type Vector = Float64Array;

/** Vectors, and weights that add up to 1. */
interface Weighted {
  readonly vectors: readonly Vector[];
  readonly weights: readonly number[];
}

/** A direction that is shorter than this part of what it is the sum of is rounding, and no direction. */
const SHORTEST = 1e-6;

const rules: Readonly<Record<VectorFusionRule, (weighted: Weighted) => Vector>> = {
  mean,
  geodesic,
  principal,
  max,
};

/** One vector of several of length 1. Weights are 0 or more, and not all 0. Throws FUSION_UNDEFINED where they cancel each other out. */
export function fuseVectors(
  { values, dimensions }: VectorMatrix,
  weights: readonly number[],
  rule: VectorFusionRule,
): FusedVector {
  const vectors = weights.map((_, i) =>
    Float64Array.from(values.subarray(i * dimensions, (i + 1) * dimensions)),
  );
  const sum = weights.reduce((a, b) => a + b, 0);
  const counted = weights.flatMap((weight, i) => (weight > 0 ? [i] : []));
  const fused = rules[rule]({
    vectors: counted.map((i) => vectors[i]),
    weights: counted.map((i) => weights[i] / sum),
  });
  return {
    values: Float32Array.from(fused),
    cosines: Float32Array.from(vectors, (vector) => dot(vector, fused)),
  };
}

/** The weighted mean, normalised: the mean direction (Mardia and Jupp 2000, section 9.2), which maximises the weighted sum of cosines. */
function mean({ vectors, weights }: Weighted): Vector {
  return normalized(weightedSum(vectors, weights));
}

/** Steps of the geodesic mean; what lies within a half sphere converges in a few (Buss and Fillmore 2001, section 3). */
const MOST_STEPS = 100;
const SMALLEST_STEP = 1e-12;

/**
 * The point of the sphere with the least weighted sum of squared angles (Karcher 1977; its algorithm: Buss and Fillmore 2001, A1). Of two
 * vectors it is their spherical interpolation (slerp, Shoemake 1985).
 */
function geodesic(weighted: Weighted): Vector {
  let point = mean(weighted);
  for (let step = 0; step < MOST_STEPS; step++) {
    const tangents = weighted.vectors.map((vector) => logarithm(point, vector));
    const tangent = weightedSum(tangents, weighted.weights);
    const angle = norm(tangent);
    if (angle < SMALLEST_STEP) break;
    const [along, across] = [Math.cos(angle), Math.sin(angle) / angle];
    point = normalized(point.map((value, i) => along * value + across * tangent[i]));
  }
  return point;
}

/** The tangent at a point that leads to another, as long as their angle. Throws FUSION_UNDEFINED of opposite points. */
function logarithm(point: Vector, to: Vector): Vector {
  const cosine = dot(point, to);
  const across = to.map((value, i) => value - cosine * point[i]);
  const sine = norm(across);
  if (sine < SHORTEST && cosine < 0) throw cancelled();
  const factor = sine === 0 ? 1 : Math.atan2(sine, cosine) / sine;
  return across.map((value) => factor * value);
}

/** Steps of the power method; those that remain beyond belong to directions that hold as much as the one that was found. */
const MOST_POWERS = 200;
const SAME_DIRECTION = 1e-14;

/**
 * The first principal direction: of the weighted sum of squared cosines the greatest (the mean axis of Mardia and Jupp 2000, section
 * 10.3; of rotations: Markley et al. 2007). By the power method on the vectors' own products, from their mean.
 */
function principal(weighted: Weighted): Vector {
  const { vectors, weights } = weighted;
  const towards = mean(weighted);
  let direction = towards;
  for (let step = 0; step < MOST_POWERS; step++) {
    const pulls = vectors.map((vector, i) => weights[i] * dot(vector, direction));
    const next = normalized(weightedSum(vectors, pulls));
    const isThere = 1 - dot(next, direction) < SAME_DIRECTION;
    direction = next;
    if (isThere) break;
  }
  return dot(direction, towards) < 0 ? direction.map((value) => -value) : direction;
}

/** In each dimension the weighted value that is furthest from 0, normalised: max pooling (Su et al. 2015, section 3.2), with its sign. */
function max({ vectors, weights }: Weighted): Vector {
  const furthest = new Float64Array(vectors[0].length);
  vectors.forEach((vector, v) => {
    for (let i = 0; i < vector.length; i++) {
      const value = weights[v] * vector[i];
      if (Math.abs(value) > Math.abs(furthest[i])) furthest[i] = value;
    }
  });
  return normalized(furthest);
}

function weightedSum(vectors: readonly Vector[], weights: readonly number[]): Vector {
  const sum = new Float64Array(vectors[0].length);
  vectors.forEach((vector, v) => {
    for (let i = 0; i < vector.length; i++) sum[i] += weights[v] * vector[i];
  });
  return sum;
}

function dot(a: Vector, b: Vector): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function norm(vector: Vector): number {
  return Math.sqrt(dot(vector, vector));
}

function normalized(vector: Vector): Vector {
  const length = norm(vector);
  if (!(length > SHORTEST)) throw cancelled();
  return vector.map((value) => value / length);
}

function cancelled(): TriptychError {
  return new TriptychError(
    'FUSION_UNDEFINED',
    'the vectors of the items cancel each other out; expected a direction that they have in common: leave one out, or change the weights',
    { field: 'items' },
  );
}
