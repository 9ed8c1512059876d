export { endOfText, readTextConfig, TEXT_TENSORS, type TextConfig } from './config.js';
export { inputs as textInputs, outputs as textOutputs, textGraph } from './graph.js';
export {
  startTextEncoder,
  type TextEncoder,
  type TextItem,
  textParts,
  type TextPooling,
} from './text-encoder.js';
