export { families } from './families.js';
export { findFamily } from './find-family.js';
export type {
  FamilyFiles,
  FamilyModel,
  ModelDescription,
  ModelFamily,
  Scores,
  Scoring,
} from './model-family.js';
export { type OpenModel, openModel } from './open-model.js';
export { readModel } from './read-model.js';
export { readScalar } from './read-scalar.js';
export { type Modality, type ModalTower, requiredTensors, towersOf } from './towers.js';
