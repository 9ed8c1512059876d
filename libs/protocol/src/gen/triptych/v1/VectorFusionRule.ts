// Original file: ../../proto/triptych/v1/cross_modal.proto

export const VectorFusionRule = {
  VECTOR_FUSION_RULE_UNSPECIFIED: 0,
  VECTOR_FUSION_RULE_MEAN: 1,
  VECTOR_FUSION_RULE_GEODESIC: 2,
  VECTOR_FUSION_RULE_PRINCIPAL: 3,
  VECTOR_FUSION_RULE_MAX: 4,
} as const;

export type VectorFusionRule =
  | 'VECTOR_FUSION_RULE_UNSPECIFIED'
  | 0
  | 'VECTOR_FUSION_RULE_MEAN'
  | 1
  | 'VECTOR_FUSION_RULE_GEODESIC'
  | 2
  | 'VECTOR_FUSION_RULE_PRINCIPAL'
  | 3
  | 'VECTOR_FUSION_RULE_MAX'
  | 4

export type VectorFusionRule__Output = typeof VectorFusionRule[keyof typeof VectorFusionRule]
