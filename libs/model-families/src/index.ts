export { convertCheckpoint, type ConversionRequest } from './convert-checkpoint.js';
export { families } from './families.js';
export { familyOf, type FindFamily, finderOf } from './find-family.js';
export {
  inspectModel,
  type ModelInspection,
  type SpeechInspection,
  type TensorCheck,
} from './inspect-model.js';
export type { FamilyModel, ModelDescription, ModelFamily, Scores, Scoring } from './model-family.js';
export { type OpenModel, openModel } from './open-model.js';
export { readModel } from './read-model.js';
export { readScalar } from './read-scalar.js';
export { type Modality, type ModalTower, requiredTensors, speechTensors, towersOf } from './towers.js';
