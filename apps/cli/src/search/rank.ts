import {
  DEFAULT_RANK_CONSTANT,
  fuseScores,
  rank,
  type Ranked,
  type RankFusionRule,
  similarity,
  toMatrix,
} from '@triptych/clip-engine';

/** Queries and what they are compared with. */
export interface Found {
  /** Of each query. */
  readonly queries: readonly Float32Array[];
  readonly space: string;
  /** Of each image that has one, by its path. */
  readonly vectors: ReadonlyMap<string, Float32Array>;
}

/** How several queries ask together. */
export interface Together {
  /** Of each query. */
  readonly weights: readonly number[];
  readonly rule: RankFusionRule;
}

/** The images, by their place, that fit a query by their cosine, or several by their fused scores: the best first. */
export function rankFound({ queries, vectors }: Found, { weights, rule }: Together, top: number): Ranked[] {
  const images = [...vectors.values()];
  if (images.length === 0) return [];
  const lists = queries.map((query, i) => ({
    scores: similarity(toMatrix([query], query.length), toMatrix(images, query.length), 1),
    weight: weights[i],
  }));
  const scores =
    lists.length === 1 ? lists[0].scores : fuseScores(lists, { rule, rankConstant: DEFAULT_RANK_CONSTANT });
  return rank(scores, top);
}
