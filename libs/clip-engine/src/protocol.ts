import type { Ranked, VectorMatrix } from './similarity.js';

export interface CompareRequest {
  readonly queries: VectorMatrix;
  readonly candidates: VectorMatrix;
  readonly scale: number;
}

export interface RankRequest extends CompareRequest {
  readonly topK: number;
  /** Give probabilities over the candidates instead of scores. */
  readonly probabilities: boolean;
}

/** For each query its best candidates. */
export type RankReply = readonly (readonly Ranked[])[];
