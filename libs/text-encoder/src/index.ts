export { type BertConfig, mostTokens, readBertConfig } from './bert/config.js';
export {
  bertBlocks,
  bertGraph,
  inputs as bertInputs,
  outputs as bertOutputs,
  sentenceWidth,
} from './bert/graph.js';
export {
  type CheckpointFiles,
  readSentencePipeline,
  sentenceFiles,
  type SentencePipeline,
  sentenceWeights,
} from './bert/sentence.js';
export { clipTextTower } from './clip/tower.js';
export type { TextEncoder, TextItem, TextTower } from './text-tower.js';
