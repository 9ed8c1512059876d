import type { DType } from '@triptych/core';
import { bytesPerElement, scaleCount } from '../numbers/stored-tensor.js';
import type { SchemaVersion } from './schema.js';

/** The key of a file's own metadata under which the table stands. */
export const TABLE_KEY = 'triptych.tensors';

/** What a tensor's row says of it, but for the bytes of its numbers. */
export interface TensorRow {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** Of int8: how many scales there are, as many as zero points, and what they are of. */
  readonly quantization?:
    { readonly scales: number; readonly axis: number; readonly groupSize: number } | undefined;
}

/** What a weights file says of itself: everything that its layout follows from. */
export interface TensorTable {
  readonly version: SchemaVersion;
  readonly rows: readonly TensorRow[];
}

export function formatTable(rows: readonly TensorRow[], version: SchemaVersion): string {
  const tensors = rows.map(({ name, dtype, shape, quantization }) => ({
    name,
    dtype,
    shape,
    ...(quantization ? { quantization } : {}),
  }));
  return JSON.stringify({ schema: version, tensors });
}

/** Reads what {@link formatTable} wrote; undefined where it is anything else. */
export function parseTable(json: string): TensorTable | undefined {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return undefined;
  }
  if (!isRecord(value)) return undefined;
  const { schema: version, tensors: rows } = value;
  if (version !== 'V1' && version !== 'V2') return undefined;
  return Array.isArray(rows) && rows.every(isRow) ? { version, rows } : undefined;
}

function isRow(value: unknown): value is TensorRow {
  if (!isRecord(value)) return false;
  const { name, dtype, shape, quantization } = value;
  return (
    typeof name === 'string' &&
    // UTF-8 has no lone surrogates: in the column of names stands something else.
    name.isWellFormed() &&
    typeof dtype === 'string' &&
    Object.hasOwn(bytesPerElement, dtype) &&
    Array.isArray(shape) &&
    shape.every(Number.isInteger) &&
    (quantization === undefined || isQuantization(quantization, shape as number[]))
  );
}

function isQuantization(value: unknown, shape: readonly number[]): boolean {
  if (!isRecord(value)) return false;
  const { scales } = value;
  const [axis, groupSize] = [Number(value.axis), Number(value.groupSize)];
  return (
    [scales, value.axis, value.groupSize].every(Number.isInteger) &&
    scales === scaleCount(shape, { axis, groupSize })
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
