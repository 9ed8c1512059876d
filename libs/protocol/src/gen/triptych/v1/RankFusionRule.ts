// Original file: ../../proto/triptych/v1/cross_modal.proto

export const RankFusionRule = {
  RANK_FUSION_RULE_UNSPECIFIED: 0,
  RANK_FUSION_RULE_Z_SCORE: 1,
  RANK_FUSION_RULE_MIN_MAX: 2,
  RANK_FUSION_RULE_MEAN_COSINE: 3,
  RANK_FUSION_RULE_RECIPROCAL_RANK: 4,
} as const;

export type RankFusionRule =
  | 'RANK_FUSION_RULE_UNSPECIFIED'
  | 0
  | 'RANK_FUSION_RULE_Z_SCORE'
  | 1
  | 'RANK_FUSION_RULE_MIN_MAX'
  | 2
  | 'RANK_FUSION_RULE_MEAN_COSINE'
  | 3
  | 'RANK_FUSION_RULE_RECIPROCAL_RANK'
  | 4

export type RankFusionRule__Output = typeof RankFusionRule[keyof typeof RankFusionRule]
