import { type ModelDirectory, openModelDirectory } from '@triptych/weight-loader';
import { families as builtIn } from './families.js';
import { finderOf } from './find-family.js';
import type { FamilyModel, ModelFamily } from './model-family.js';

/** A model directory whose description was read, and what its family makes of it. */
export interface OpenModel {
  readonly directory: ModelDirectory;
  readonly model: FamilyModel;
}

/** Opens a model directory. Throws bad-weights errors that name file and key. */
export async function openModel(
  path: string,
  families: readonly ModelFamily[] = builtIn,
): Promise<OpenModel> {
  const find = finderOf(families);
  const directory = await openModelDirectory(path, find);
  const { metadata, preprocessor, files, architecture } = directory;
  const { config } = metadata;
  const decoder = directory.decoder?.files;
  return { directory, model: find({ architecture }, path).read({ config, preprocessor, files, decoder }) };
}
