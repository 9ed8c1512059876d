import { join } from 'node:path';
import { type JsonObject, TriptychError } from '@triptych/core';
import { PREPROCESSOR_FILE, readJson, readTexts } from './files.js';
import type { FindLayout, MoreWeights, TensorNames, TextFiles } from './layout.js';

export const CONFIG_FILE = 'config.json';

/** A HuggingFace checkpoint whose description was read. Plain data: it goes to workers. */
export interface Checkpoint {
  readonly directory: string;
  /** The name of its family. */
  readonly architecture: string;
  readonly names: TensorNames;
  readonly config: JsonObject;
  readonly preprocessor: JsonObject | undefined;
  /** The family's files, those that are there. */
  readonly files: TextFiles;
  /** Where models of the family may generate text: how its tensors are found, and its files, those that are there. */
  readonly decoder: { readonly tensors: RegExp; readonly files: TextFiles } | undefined;
  /** Files of weights beside the main one. */
  readonly moreWeights: readonly MoreWeights[];
}

/** Reads what a checkpoint says of itself. Throws WEIGHTS_MISSING, WEIGHTS_CORRUPT, FILE_OUTSIDE, and as `findLayout` does. */
export async function openCheckpoint(directory: string, findLayout: FindLayout): Promise<Checkpoint> {
  const path = join(directory, CONFIG_FILE);
  const config = await readJson(directory, CONFIG_FILE);
  if (!config)
    throw new TriptychError(
      'WEIGHTS_MISSING',
      `${path}: no such file; is ${directory} a HuggingFace checkpoint?`,
    );
  const { architectures, model_type } = config;
  const layout = findLayout({ architectures, model_type }, path);
  const preprocessor = await readJson(directory, PREPROCESSOR_FILE);
  const { files, decoderFiles } = await readTexts(directory, layout);
  const missing = layout.files.required.filter((file) => files[file] === undefined);
  if (missing.length > 0)
    throw new TriptychError(
      'WEIGHTS_MISSING',
      `${directory}: ${missing.join(', ')} ${missing.length > 1 ? 'are' : 'is'} missing; a ${layout.name} has it`,
    );
  const moreWeights = layout.moreWeights?.(files) ?? [];
  const { name: architecture, names } = layout;
  const decoder = layout.decoder && { tensors: layout.decoder.tensors, files: decoderFiles };
  return { directory, architecture, names, config, preprocessor, files, decoder, moreWeights };
}
