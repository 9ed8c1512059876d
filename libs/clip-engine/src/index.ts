export { ClipEngine, type CompareOptions } from './clip-engine.js';
export {
  DEFAULT_RANK_CONSTANT,
  fuseScores,
  type RankFusion,
  type RankFusionRule,
  rankFusionRules,
  type ScoreList,
} from './fusion/fuse-rankings.js';
export {
  type FusedVector,
  fuseVectors,
  type VectorFusionRule,
  vectorFusionRules,
} from './fusion/fuse-vectors.js';
export { checkPrecomputed, type Precomputed, type SharedSpace } from './precomputed.js';
export type {
  CompareRequest,
  FuseRankingsRequest,
  FuseVectorsRequest,
  RankReply,
  RankRequest,
  SpaceRankings,
} from './protocol.js';
export { rank, type Ranked, rankVectors, similarity, toMatrix, type VectorMatrix } from './similarity.js';
export { DEFAULT_TEMPLATE, fillTemplate } from './template.js';
