import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileWithin, type JsonObject, problemOf, TriptychError } from '@triptych/core';
import { CONFIG_FILE, openCheckpoint } from './checkpoint.js';
import {
  METADATA_FILE,
  PREPROCESSOR_FILE,
  readJson,
  readMetadata,
  readTexts,
  weightsFile,
  type WeightsMetadata,
} from './files.js';
import type { InspectCall, InspectedWeights } from './inspect-weights.js';
import type { FindLayout, TextFiles } from './layout.js';
import { findSafetensors } from './safetensors-of.js';

/** What lies at a path. What describes a model is there only where a directory does. */
export interface Inspection extends InspectedWeights {
  readonly kind: 'model directory' | 'checkpoint' | 'weights file';
  readonly name?: string;
  /** The name of its family. */
  readonly architecture?: string;
  readonly config?: JsonObject;
  readonly preprocessor?: JsonObject | undefined;
  /** The other text files that are part of the model, by their paths. */
  readonly files?: TextFiles;
  /** What generates text, where there is such: its weights, and its text files. */
  readonly decoder?: InspectedWeights & { readonly files: TextFiles };
}

/** Lists tensors where that does no harm. */
type Inspect = (call: InspectCall) => Promise<InspectedWeights>;

/** Reads what a model directory, a HuggingFace checkpoint or a weights file says of itself; no weights. */
export async function inspectPath(
  path: string,
  findLayout: FindLayout,
  inspect: Inspect,
): Promise<Inspection> {
  const info = await stat(path).catch((cause: unknown) => {
    throw new TriptychError('WEIGHTS_MISSING', `${path}: ${problemOf(cause)}`, { cause });
  });
  if (!info.isDirectory())
    return { kind: 'weights file', ...(await inspect({ files: [{ path, prefix: '' }] })) };
  const has = (file: string) =>
    stat(join(path, file)).then(
      () => true,
      () => false,
    );
  if (await has(METADATA_FILE)) return inspectModel(path, findLayout, inspect);
  if (await has(CONFIG_FILE)) return inspectCheckpoint(path, findLayout, inspect);
  throw new TriptychError(
    'WEIGHTS_MISSING',
    `${path}: neither ${METADATA_FILE} nor ${CONFIG_FILE} is there; expected a model directory or a checkpoint`,
  );
}

async function inspectModel(
  directory: string,
  findLayout: FindLayout,
  inspect: Inspect,
): Promise<Inspection> {
  const metadata = await readMetadata(directory);
  const { architecture, model_type, model_name, config } = metadata;
  const layout = findLayout({ architecture, model_type }, join(directory, METADATA_FILE));
  const { names } = layout;
  const inspectFile = async (of: WeightsMetadata) =>
    inspect({ files: [{ path: await weightsFile(directory, of), prefix: '' }], names });
  const { files, decoderFiles } = await readTexts(directory, layout);
  const { decoder } = metadata;
  return {
    kind: 'model directory',
    ...(await inspectFile(metadata)),
    name: model_name,
    architecture: layout.name,
    config,
    preprocessor: await readJson(directory, PREPROCESSOR_FILE),
    files,
    ...(decoder && { decoder: { ...(await inspectFile(decoder)), files: decoderFiles } }),
  };
}

async function inspectCheckpoint(
  directory: string,
  findLayout: FindLayout,
  inspect: Inspect,
): Promise<Inspection> {
  const { architecture, names, config, preprocessor, files, decoder, moreWeights } = await openCheckpoint(
    directory,
    findLayout,
  );
  const more = await Promise.all(
    moreWeights.map(async ({ path, prefix }) => ({ path: await fileWithin(directory, path), prefix })),
  );
  const main = { path: await findSafetensors(directory), prefix: '' };
  const { tensors, ...weights } = await inspect({ files: [main, ...more], names });
  const decoding = tensors.filter(({ name }) => decoder?.tensors.test(name));
  return {
    kind: 'checkpoint',
    ...weights,
    tensors: tensors.filter(({ name }) => names.keeps.test(name)),
    architecture,
    config,
    preprocessor,
    files,
    ...(decoder && decoding.length > 0
      ? { decoder: { ...weights, tensors: decoding, files: decoder.files } }
      : {}),
  };
}
