import { stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { elementCount, TriptychError } from '@triptych/core';
import { inFile } from '../in-file.js';
import type { SchemaVersion } from '../parquet/schema.js';
import { listTensors } from '../parquet/open-tensors.js';
import { listSafetensors, type SafetensorsEntry } from '../safetensors/read.js';
import { canonicalName, type MoreWeights, type TensorNames } from './layout.js';

/** Files of weights, by their whole paths, and how their tensors are named. */
export interface InspectCall {
  readonly files: readonly [MoreWeights, ...MoreWeights[]];
  readonly names?: TensorNames | undefined;
}

/** A tensor as it is stored. */
export interface InspectedTensor {
  /** Canonical, or as it is in a file of weights alone. */
  readonly name: string;
  readonly shape: readonly number[];
  /** As Triptych spells it, or as the file does where Triptych does not read it. */
  readonly dtype: string;
  readonly parameters: number;
  /** The file that holds it. */
  readonly file: string;
}

/** What files of weights hold. */
export interface InspectedWeights {
  /** The first of them. */
  readonly weights: string;
  /** Of all of them. */
  readonly bytes: number;
  /** Parquet only. */
  readonly schema?: SchemaVersion;
  readonly tensors: readonly InspectedTensor[];
}

const dtypes: Readonly<Record<string, string>> = {
  F32: 'float32',
  F16: 'float16',
  BF16: 'bfloat16',
  I8: 'int8',
};

/** Lists the tensors of files without their data. Throws WEIGHTS_SCHEMA for a file of another kind. */
export async function inspectWeights({ files, names }: InspectCall): Promise<InspectedWeights> {
  const [{ path }] = files;
  if (extname(path) === '.parquet') {
    const { version, tensors } = await listTensors(path).catch((thrown: unknown) => {
      throw inFile(path, thrown);
    });
    const named = tensors.map((t) => ({ ...t, name: canonicalName(t.name, names), file: path }));
    return { weights: path, bytes: (await stat(path)).size, schema: version, tensors: named };
  }
  if (!path.endsWith('.safetensors') && !path.endsWith('.index.json'))
    throw new TriptychError(
      'WEIGHTS_SCHEMA',
      `${path}: expected a directory, a .parquet or a .safetensors file`,
    );
  const entries: (SafetensorsEntry & { readonly prefix: string })[] = [];
  for (const { path, prefix } of files)
    entries.push(...(await listSafetensors(path)).map((entry) => ({ ...entry, prefix })));
  const bytes = entries.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const tensors = entries.map(({ name, prefix, shape, dtype, file }) => ({
    name: canonicalName(prefix + name, names),
    shape,
    dtype: dtypes[dtype] ?? dtype,
    parameters: elementCount(shape),
    file,
  }));
  return { weights: path, bytes, tensors };
}
