import { findFamily } from './find-family.js';
import { families as builtIn } from './families.js';
import type { FamilyModel, ModelDescription, ModelFamily } from './model-family.js';

/** What a checkpoint's description means to its family. Throws ARCHITECTURE_UNKNOWN or MODEL_CONFIG. */
export function readModel(
  { config, preprocessor, files = {} }: Partial<ModelDescription> & Pick<ModelDescription, 'config'>,
  families: readonly ModelFamily[] = builtIn,
): FamilyModel {
  const { architectures, model_type } = config;
  return findFamily(families, { architectures, model_type }, 'config.json').read({
    config,
    preprocessor,
    files,
  });
}
