import type { RankFusion } from './fusion/fuse-rankings.js';
import type { VectorFusionRule } from './fusion/fuse-vectors.js';
import type { Probabilities, Ranked, VectorMatrix } from './similarity.js';

export interface CompareRequest {
  readonly queries: VectorMatrix;
  readonly candidates: VectorMatrix;
  readonly scale: number;
  /** Added to each scaled cosine. Default: 0. */
  readonly bias?: number;
}

export interface RankRequest extends CompareRequest {
  readonly topK: number;
  /** Give probabilities of the candidates instead of scores. Default: scores. */
  readonly probabilities?: Probabilities;
}

/** For each query its best candidates. */
export type RankReply = readonly (readonly Ranked[])[];

export interface FuseVectorsRequest {
  readonly vectors: VectorMatrix;
  /** One for each vector: 0 or more, not all 0. */
  readonly weights: readonly number[];
  readonly rule: VectorFusionRule;
}

/** Rankings in one space: one by each of its queries. */
export interface SpaceRankings {
  readonly queries: VectorMatrix;
  readonly candidates: VectorMatrix;
  /** Of each query: 0 or more. */
  readonly weights: readonly number[];
}

/** The same candidates in one space or several. */
export interface FuseRankingsRequest extends RankFusion {
  /** Not all weights are 0. */
  readonly spaces: readonly SpaceRankings[];
  readonly topK: number;
}
