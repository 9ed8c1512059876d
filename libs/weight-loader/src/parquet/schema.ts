import { type DType, TriptychError } from '@triptych/core';
import type { Column } from './format.js';

/** The column of the tensors' own numbers. */
export const DATA_COLUMN: Column = { name: 'data', type: 'binary' };

/** Columns of schema V1; V2 adds {@link quantizationColumns}. */
const plainColumns: readonly Column[] = [
  { name: 'layer_name', type: 'string' },
  { name: 'shape', type: 'list<int32>' },
  { name: 'dtype', type: 'string' },
  DATA_COLUMN,
  { name: 'num_params', type: 'int64' },
];
const quantizationColumns: readonly Column[] = [
  { name: 'quant_type', type: 'string' },
  { name: 'scales', type: 'binary' },
  { name: 'zero_points', type: 'binary' },
  { name: 'quant_axis', type: 'int32' },
  { name: 'group_size', type: 'int32' },
];

export type SchemaVersion = 'V1' | 'V2';

const columns: Readonly<Record<SchemaVersion, readonly Column[]>> = {
  V1: plainColumns,
  V2: [...plainColumns, ...quantizationColumns],
};

/** The columns of a weights file, in their order. */
export function columnsOf(version: SchemaVersion): readonly Column[] {
  return columns[version];
}

/** Tells V1 from V2 by the columns, or throws WEIGHTS_SCHEMA naming what is missing. */
export function schemaVersion(found: readonly string[], file: string): SchemaVersion {
  const version = found.includes('quant_type') ? 'V2' : 'V1';
  const missing = columnsOf(version).flatMap(({ name }) => (found.includes(name) ? [] : [name]));
  if (missing.length === 0) return version;
  throw new TriptychError(
    'WEIGHTS_SCHEMA',
    `${file}: columns ${missing.join(', ')} are missing; found ${found.join(', ') || 'none'}`,
  );
}

const names: Record<string, DType> = {
  'torch.float32': 'float32',
  'torch.float16': 'float16',
  'torch.bfloat16': 'bfloat16',
  'torch.int8': 'int8',
};

/** The dtype a file's `dtype` column names: torch's spelling, with or without its prefix, or numpy's. */
export function parseDType(text: string, tensor: string): DType {
  const dtype = names[text] ?? names[`torch.${text}`];
  if (!dtype) {
    throw new TriptychError(
      'TENSOR_DTYPE',
      `tensor ${tensor}: dtype ${JSON.stringify(text)}; expected ${Object.keys(names).join(', ')}`,
      { field: tensor },
    );
  }
  return dtype;
}

/** How V2 names what a tensor's numbers are. Its own columns have no word for bfloat16: that one is half as wide, too. */
const quantTypes: Readonly<Record<DType, string>> = {
  float32: 'fp32',
  float16: 'fp16',
  bfloat16: 'fp16',
  int8: 'int8',
};

/** The spelling that the `quant_type` column uses. */
export function formatQuantType(dtype: DType): string {
  return quantTypes[dtype];
}

/** The spelling that the `dtype` column uses. */
export function formatDType(dtype: DType): string {
  return `torch.${dtype}`;
}
