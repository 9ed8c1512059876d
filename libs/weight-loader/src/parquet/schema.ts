import { type DType, TriptychError } from '@triptych/core';

/** Columns of schema V1; V2 adds {@link quantizationColumns}. */
export const plainColumns = ['layer_name', 'shape', 'dtype', 'data', 'num_params'] as const;
export const quantizationColumns = [
  'quant_type',
  'scales',
  'zero_points',
  'quant_axis',
  'group_size',
] as const;

export type SchemaVersion = 'V1' | 'V2';

/** Tells V1 from V2 by the columns, or throws WEIGHTS_SCHEMA naming what is missing. */
export function schemaVersion(columns: readonly string[], file: string): SchemaVersion {
  const missing = plainColumns.filter((c) => !columns.includes(c));
  const isV2 = columns.includes('quant_type');
  if (isV2) missing.push(...(quantizationColumns.filter((c) => !columns.includes(c)) as never[]));
  if (missing.length > 0) {
    throw new TriptychError(
      'WEIGHTS_SCHEMA',
      `${file}: columns ${missing.join(', ')} are missing; found ${columns.join(', ') || 'none'}`,
    );
  }
  return isV2 ? 'V2' : 'V1';
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

/** The spelling that the `dtype` column uses. */
export function formatDType(dtype: DType): string {
  return `torch.${dtype}`;
}
