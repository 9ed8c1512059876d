// Original file: ../../proto/triptych/v1/models.proto

import type { Model as _triptych_v1_Model, Model__Output as _triptych_v1_Model__Output } from '../../triptych/v1/Model.js';

export interface ListModelsResponse {
  'models'?: (_triptych_v1_Model)[];
}

export interface ListModelsResponse__Output {
  'models': (_triptych_v1_Model__Output)[];
}
