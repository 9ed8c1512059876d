import { TriptychError } from '@triptych/core';
import { convert, inspect, listCheckpoint, openModelDirectory } from '../load.js';
import { openCheckpoint } from '../model-directory/checkpoint.js';
import type { ConvertProgress, ConvertRequest } from '../model-directory/convert.js';
import type { FindLayout, ModelLayout } from '../model-directory/layout.js';

/** Encoders alone, without further files. */
const encoders: ModelLayout = {
  name: 'whisper-encoder',
  names: {
    renames: [
      [/^model\./, ''],
      [/^encoder\.position_embedding$/, 'encoder.embed_positions.weight'],
    ],
    keeps: /^encoder\./,
  },
  files: { required: [], optional: [] },
};

/** Whatever a checkpoint holds, with a tokenizer, and what a list of modules names. */
const whole: ModelLayout = {
  name: 'clip',
  names: { renames: [], keeps: /./ },
  files: {
    required: [],
    optional: ['tokenizer.json', 'tokenizer_config.json', 'vocab.json', 'merges.txt', 'modules.json'],
    namedIn: (files) => modulesOf(files).map((module) => `${module}/config.json`),
  },
  moreWeights: (files) =>
    modulesOf(files).map((module) => ({ path: `${module}/model.safetensors`, prefix: `${module}.` })),
};

const modulesOf = (files: Readonly<Record<string, string>>) =>
  JSON.parse(files['modules.json'] ?? '[]') as string[];

const layouts: Readonly<Record<string, ModelLayout>> = {
  whisper: encoders,
  'whisper-encoder': encoders,
  WhisperModel: encoders,
  WhisperForConditionalGeneration: encoders,
  clip: whole,
  CLIPModel: whole,
};

export const findLayout: FindLayout = (keys, source) => {
  const names = Object.values(keys).flat();
  const found = names.flatMap((name) => layouts[String(name)] ?? []);
  if (found.length > 0) return found[0];
  throw new TriptychError('ARCHITECTURE_UNKNOWN', `${source}: ${names.join(', ')}`);
};

export const openModel = (directory: string) => openModelDirectory(directory, findLayout);

export const inspectModel = (path: string) => inspect(path, findLayout);

export async function convertFrom(
  { source, ...request }: Omit<ConvertRequest, 'checkpoint' | 'tensors'> & { readonly source: string },
  onProgress?: (progress: ConvertProgress) => void,
) {
  const checkpoint = await openCheckpoint(source, findLayout);
  return convert({ ...request, checkpoint, tensors: await listCheckpoint(checkpoint) }, onProgress);
}
