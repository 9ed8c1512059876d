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
