export { ClipEngine, type CompareOptions } from './clip-engine.js';
export { checkPrecomputed, type Precomputed, type SharedSpace } from './precomputed.js';
export type { CompareRequest, RankReply, RankRequest } from './protocol.js';
export { type Ranked, rankVectors, toMatrix, type VectorMatrix } from './similarity.js';
export { DEFAULT_TEMPLATE, fillTemplate } from './template.js';
