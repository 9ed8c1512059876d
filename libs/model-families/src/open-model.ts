import { type ModelDirectory, openModelDirectory } from '@triptych/weight-loader';
import { findFamily } from './find-family.js';
import { families as builtIn } from './families.js';
import type { FamilyModel, ModelFamily } from './model-family.js';

/** A model directory whose description was read, and what its family makes of it. */
export interface OpenModel {
  readonly directory: ModelDirectory;
  readonly family: ModelFamily;
  readonly model: FamilyModel;
}

/** Opens a model directory. Throws bad-weights errors that name file and key. */
export async function openModel(
  path: string,
  families: readonly ModelFamily[] = builtIn,
): Promise<OpenModel> {
  const directory = await openModelDirectory(path);
  const { metadata, preprocessor, tokenizer } = directory;
  const { architecture, model_type, config } = metadata;
  const family = findFamily(families, { architecture, model_type }, path);
  const files = tokenizer as Record<string, string>;
  return { directory, family, model: family.read({ config, preprocessor, files }) };
}
