import { stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { elementCount, problemOf, TriptychError } from '@triptych/core';
import type { SchemaVersion } from '../parquet/schema.js';
import { listTensors } from '../parquet/open-tensors.js';
import { listSafetensors, type SafetensorsEntry } from '../safetensors/read.js';
import { type Architecture, findArchitecture } from './architecture.js';
import { findSafetensors } from './convert.js';
import {
  METADATA_FILE,
  PREPROCESSOR_FILE,
  readJson,
  readMetadata,
  readTokenizer,
  weightsFile,
} from './files.js';
import { canonicalName } from './names.js';

/** A tensor as it is stored. */
export interface InspectedTensor {
  /** Canonical. */
  readonly name: string;
  readonly shape: readonly number[];
  /** As Triptych spells it, or as the file does where Triptych does not read it. */
  readonly dtype: string;
  readonly parameters: number;
}

/** What lies at a path. What describes a model is there only where a directory does. */
export interface Inspection {
  readonly kind: 'model directory' | 'checkpoint' | 'weights file';
  readonly weights: string;
  readonly bytes: number;
  /** Parquet only. */
  readonly schema?: SchemaVersion;
  readonly name?: string;
  readonly architecture?: Architecture;
  readonly config?: Record<string, unknown>;
  readonly preprocessor?: Record<string, unknown>;
  readonly tokenizerFiles?: readonly string[];
  readonly tensors: readonly InspectedTensor[];
}

const dtypes: Readonly<Record<string, string>> = {
  F32: 'float32',
  F16: 'float16',
  BF16: 'bfloat16',
  I8: 'int8',
};

/** Reads what a model directory, a HuggingFace checkpoint or a weights file says of itself; no weights. */
export async function inspectPath(path: string): Promise<Inspection> {
  const info = await stat(path).catch((cause: unknown) => {
    throw new TriptychError('WEIGHTS_MISSING', `${path}: ${problemOf(cause)}`, { cause });
  });
  if (!info.isDirectory()) return { kind: 'weights file', ...(await inspectWeights(path)) };
  const isModel = (await stat(join(path, METADATA_FILE)).catch(() => undefined)) !== undefined;
  return isModel ? inspectModel(path) : inspectCheckpoint(path);
}

async function inspectModel(directory: string): Promise<Inspection> {
  const metadata = await readMetadata(directory);
  const { architecture } = findArchitecture([metadata.architecture, metadata.model_type], directory);
  return {
    kind: 'model directory',
    ...(await inspectWeights(await weightsFile(directory, metadata))),
    name: metadata.model_name,
    architecture,
    config: metadata.config,
    ...(await beside(directory)),
  };
}

async function inspectCheckpoint(directory: string): Promise<Inspection> {
  const path = join(directory, 'config.json');
  const config = await readJson(directory, 'config.json');
  if (!config) {
    throw new TriptychError(
      'WEIGHTS_MISSING',
      `${directory}: neither ${METADATA_FILE} nor config.json is there; expected a model directory or a checkpoint`,
    );
  }
  const names = [
    ...((config['architectures'] as string[] | undefined) ?? []),
    config['model_type'] as string | undefined,
  ];
  const { architecture, keeps } = findArchitecture(names, path);
  const { tensors, ...weights } = await inspectWeights(await findSafetensors(directory));
  return {
    kind: 'checkpoint',
    ...weights,
    tensors: tensors.filter(({ name }) => keeps(name)),
    architecture,
    config,
    ...(await beside(directory)),
  };
}

/** What else describes a model. */
async function beside(directory: string): Promise<Pick<Inspection, 'preprocessor' | 'tokenizerFiles'>> {
  const preprocessor = await readJson(directory, PREPROCESSOR_FILE);
  const tokenizerFiles = Object.keys(await readTokenizer(directory));
  return { ...(preprocessor ? { preprocessor } : {}), tokenizerFiles };
}

async function inspectWeights(
  path: string,
): Promise<Pick<Inspection, 'weights' | 'bytes' | 'schema' | 'tensors'>> {
  if (extname(path) === '.parquet') {
    const { version, tensors } = await listTensors(path);
    const bytes = (await stat(path)).size;
    return {
      weights: path,
      bytes,
      schema: version,
      tensors: tensors.map((t) => ({ ...t, name: canonicalName(t.name) })),
    };
  }
  if (!path.endsWith('.safetensors') && !path.endsWith('.index.json'))
    throw new TriptychError(
      'WEIGHTS_SCHEMA',
      `${path}: expected a directory, a .parquet or a .safetensors file`,
    );
  const entries = await listSafetensors(path);
  const bytes = entries.reduce((sum, { byteLength }) => sum + byteLength, 0);
  return { weights: path, bytes, tensors: entries.map(inspected) };
}

function inspected({ name, shape, dtype }: SafetensorsEntry): InspectedTensor {
  return { name: canonicalName(name), shape, dtype: dtypes[dtype] ?? dtype, parameters: elementCount(shape) };
}
