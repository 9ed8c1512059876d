export { sentenceFiles } from './bert/module-files.js';
export { sentenceWeights } from './bert/sentence.js';
export { sentenceTower } from './bert/tower.js';
export { blipMatcher } from './blip/matcher.js';
export { blipTextTower } from './blip/tower.js';
export { clipTextTower } from './clip/tower.js';
export { siglipTextTower } from './siglip/tower.js';
export type { MatchEncoder, MatchItem, MatchTower } from './match-tower.js';
export type { TextEncoder, TextItem, TextTower } from './text-tower.js';
