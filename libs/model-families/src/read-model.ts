import { families as builtIn } from './families.js';
import { familyOf } from './find-family.js';
import type { FamilyModel, ModelDescription, ModelFamily } from './model-family.js';

/** What a checkpoint's description means to its family. Throws ARCHITECTURE_UNKNOWN or MODEL_CONFIG. */
export function readModel(
  { config, preprocessor, files = {}, decoder }: Partial<ModelDescription> & Pick<ModelDescription, 'config'>,
  families: readonly ModelFamily[] = builtIn,
): FamilyModel {
  return familyOf(config, families).read({ config, preprocessor, files, decoder });
}
