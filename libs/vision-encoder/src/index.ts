export { readVisionConfig, tokenCount, VISION_TENSORS, type VisionConfig } from './config.js';
export { inputs as visionInputs, outputs as visionOutputs, visionGraph } from './graph.js';
export {
  type ImageItem,
  startVisionEncoder,
  type VisionEncoder,
  visionParts,
  type VisionPooling,
} from './vision-encoder.js';
