export type { QuantizeProgress } from './progress.js';
export {
  DEFAULT_MIN_COSINE,
  quantizeModel,
  type QuantizeReport,
  type QuantizeRequest,
  type SiteReport,
} from './quantize.js';
export type { CalibrationInputs } from './sampled-tower.js';
