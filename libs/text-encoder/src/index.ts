export { endOfText, readTextConfig, TEXT_TENSORS, type TextConfig } from './config.js';
export { inputs as textInputs, outputs as textOutputs, textGraph } from './graph.js';
export {
  startTextEncoder,
  type TextEncoder,
  type TextItem,
  textParts,
  type TextPooling,
} from './text-encoder.js';
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
