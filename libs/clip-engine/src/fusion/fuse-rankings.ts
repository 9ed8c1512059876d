import { rank } from '../similarity.js';

/** How the scores of several rankings become one; the first is the default. See docs/fusion.md. */
export const rankFusionRules = ['z-score', 'min-max', 'mean-cosine', 'reciprocal-rank'] as const;
export type RankFusionRule = (typeof rankFusionRules)[number];

/** k of reciprocal-rank fusion (Cormack, Clarke and Büttcher 2009, section 2). */
export const DEFAULT_RANK_CONSTANT = 60;

/** A score of each candidate, by one query and one model. */
export interface ScoreList {
  readonly scores: Float32Array;
  /** 0 or more. */
  readonly weight: number;
}

/** How they become one. */
export interface RankFusion {
  readonly rule: RankFusionRule;
  /** k of reciprocal-rank fusion. */
  readonly rankConstant: number;
}

/** What a list's scores become before they are added up. */
type Rescale = (scores: Float32Array, rankConstant: number) => Float64Array;

const rescales: Readonly<Record<RankFusionRule, Rescale>> = {
  'z-score': zScores,
  'min-max': minMax,
  'mean-cosine': (scores) => Float64Array.from(scores),
  'reciprocal-rank': reciprocalRanks,
};

/**
 * One score of each candidate: the weighted mean of its scores in the lists, each rescaled by the rule (CombSUM: Fox and Shaw 1994); by
 * reciprocal rank their weighted sum, as its paper has it. Lists are of one length, and not all of weight 0.
 */
export function fuseScores(lists: readonly ScoreList[], { rule, rankConstant }: RankFusion): Float32Array {
  const sum = rule === 'reciprocal-rank' ? 1 : lists.reduce((total, { weight }) => total + weight, 0);
  const fused = new Float64Array(lists[0].scores.length);
  for (const { scores, weight } of lists) {
    if (weight === 0) continue;
    const rescaled = rescales[rule](scores, rankConstant);
    for (let i = 0; i < fused.length; i++) fused[i] += (weight / sum) * rescaled[i];
  }
  return Float32Array.from(fused);
}

/** 1 / (k + place), the first place being 1; of equal scores the earlier comes first. */
function reciprocalRanks(scores: Float32Array, rankConstant: number): Float64Array {
  const reciprocal = new Float64Array(scores.length);
  rank(scores, 0).forEach(({ index }, place) => (reciprocal[index] = 1 / (rankConstant + place + 1)));
  return reciprocal;
}

/** Scores between 0, the worst, and 1, the best (Lee 1997, section 3). A list of equal scores says nothing: all are 0. */
function minMax(scores: Float32Array): Float64Array {
  const worst = scores.reduce((a, b) => Math.min(a, b), Infinity);
  const best = scores.reduce((a, b) => Math.max(a, b), -Infinity);
  return Float64Array.from(scores, (score) => (best > worst ? (score - worst) / (best - worst) : 0));
}

/** Scores of mean 0 and deviation 1 (Montague and Aslam 2001, section 3). A list of equal scores says nothing: all are 0. */
function zScores(scores: Float32Array): Float64Array {
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  const variance = scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) / scores.length;
  const deviation = Math.sqrt(variance);
  return Float64Array.from(scores, (score) => (deviation > 0 ? (score - mean) / deviation : 0));
}
