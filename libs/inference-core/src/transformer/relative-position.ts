import type { GraphBuilder, Value } from '../onnx/graph-builder.js';

/** A table of biases by how far a token lies from the one that attends to it (Raffel et al. 2020; MPNet). */
export interface RelativePositionConfig {
  /** Name of the table, [buckets, heads]. */
  readonly table: string;
  readonly buckets: number;
  readonly heads: number;
  /** Distances from this on share the last bucket of their direction. */
  readonly maxDistance: number;
  /** Most tokens. */
  readonly positions: number;
}

/**
 * The bias of each pair of tokens, for `AttentionTerms`: → [1, heads, tokens, tokens]. `tokens`: int64 [1], how many
 * there are.
 */
export function relativePositionBias(g: GraphBuilder, tokens: Value, config: RelativePositionConfig): Value {
  const { table, buckets, heads, positions } = config;
  const farthest = positions - 1;
  const distances = Array.from({ length: 2 * positions - 1 }, (_, i) => i - farthest);
  const ofDistance = g.ints(distances.map((distance) => relativePositionBucket(distance, config)));
  // Constants alone: ONNX Runtime computes this when it makes the session.
  const rows = g.op('Gather', [g.weight(table, [buckets, heads]), ofDistance]);
  const places = g.op('Range', [g.ints([0], []), g.op('Squeeze', [tokens]), g.ints([1], [])]);
  const keys = g.op('Add', [places, g.ints([farthest])]);
  const distance = g.op('Sub', [keys, g.op('Unsqueeze', [places, g.ints([1])])]);
  const pairs = g.op('Transpose', [g.op('Gather', [rows, distance])], { attributes: { perm: [2, 0, 1] } });
  return g.op('Unsqueeze', [pairs, g.ints([0])]);
}

/**
 * The bucket of a key so many tokens after its query (before it: negative): half of them for each direction; in each,
 * one a distance for the nearer half, and for the others logarithmically more to a bucket. float32 throughout, as the
 * reference computes it: at the borders a wider type would choose another bucket.
 */
export function relativePositionBucket(
  distance: number,
  { buckets, maxDistance }: Pick<RelativePositionConfig, 'buckets' | 'maxDistance'>,
): number {
  const each = buckets / 2;
  const exact = each / 2;
  const start = distance > 0 ? each : 0;
  const away = Math.abs(distance);
  if (away < exact) return start + away;
  const { fround, log } = Math;
  const octaves = fround(fround(log(fround(away / exact))) / fround(log(maxDistance / exact)));
  return start + Math.min(each - 1, exact + Math.trunc(fround(octaves * (each - exact))));
}
