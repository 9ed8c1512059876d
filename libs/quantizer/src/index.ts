export {
  quantizeModel,
  type QuantizeProgress,
  type QuantizeReport,
  type QuantizeRequest,
  type SiteReport,
} from './quantize.js';
export type { CalibrationInputs } from './tower.js';
