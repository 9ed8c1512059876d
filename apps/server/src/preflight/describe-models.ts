import { stat } from 'node:fs/promises';
import { fileWithin, messageOf, problemOf, TriptychError } from '@triptych/core';
import { families as builtIn, type FindFamily, finderOf, type ModelFamily } from '@triptych/model-families';
import { openModelDirectory } from '@triptych/weight-loader';
import { parseModelSource } from '../config/paths.js';

/** A model that is to be served, before it is loaded. */
export interface ModelDescription {
  /** As it was named: `[NAME=]DIR`. */
  readonly source: string;
  /** What it will be served as; undefined where that cannot be known. */
  readonly name: string | undefined;
  /** Why it cannot be loaded, where that is clear already. */
  readonly problem?: TriptychError;
  /** Its folder, where it is a model directory already. */
  readonly directory?: string;
}

/** Reads what model directories say of themselves, without their weights. */
export function describeModels(
  sources: readonly string[],
  families: readonly ModelFamily[] = builtIn,
): Promise<ModelDescription[]> {
  const find = finderOf(families);
  return Promise.all(sources.map((source) => describe(source, find)));
}

async function describe(source: string, find: FindFamily): Promise<ModelDescription> {
  const { directory, name } = parseModelSource(source);
  try {
    if (name === '') throw missing(`${source}: the name before = is empty; expected NAME=DIR or DIR`);
    await checkFolder(directory);
    const { metadata } = await openModelDirectory(directory, find);
    const weights = await fileWithin(directory, metadata.parquet_file ?? 'weights.parquet');
    if (!(await stat(weights).catch(() => undefined))) throw missing(`${weights}: no such file`);
    return { source, name: name ?? metadata.model_name, directory };
  } catch (thrown) {
    return { source, name, problem: TriptychError.from(thrown, 'WEIGHTS_MISSING', messageOf(thrown)) };
  }
}

/** Throws WEIGHTS_MISSING where a path is no folder. */
export async function checkFolder(path: string): Promise<void> {
  const found = await stat(path).catch((thrown: unknown) => {
    throw missing(`${path}: ${problemOf(thrown)}`);
  });
  if (!found.isDirectory()) throw missing(`${path} is a file; expected the folder of a model`);
}

const missing = (message: string) => new TriptychError('WEIGHTS_MISSING', message);

/** A sentence for each name that several models would have. */
export function nameClashes(models: readonly ModelDescription[]): string[] {
  const names = models.flatMap(({ name }) => (name === undefined ? [] : [name]));
  const clashing = new Set(names.filter((name, i) => names.indexOf(name) !== i));
  return [...clashing].map((name) => {
    const sources = models.filter((model) => model.name === name).map(({ source }) => source);
    return `${sources.length} models are named ${name} (${sources.join(', ')}); give each a name of its own with NAME=DIR`;
  });
}
