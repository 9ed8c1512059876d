import { elementCount, TriptychError } from '@triptych/core';
import { aligned, type Quantization, type StoredTensor } from '../numbers/stored-tensor.js';
import { columnsOf, parseDType, type SchemaVersion } from './schema.js';

export interface TensorEntry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: StoredTensor['dtype'];
  readonly parameters: number;
}

/** Everything of a tensor but its data. */
export interface TensorHeader extends TensorEntry {
  readonly quantization: Quantization | undefined;
}

/** One row of a weights file: a column's value by the column's name. */
export type Row = (column: string) => unknown;

/** The columns that headers are made of. */
export function headerColumns(version: SchemaVersion): string[] {
  return columnsOf(version).flatMap(({ name }) => (name === 'data' ? [] : [name]));
}

/** A row's tensor, but for its data. Throws TENSOR_SHAPE, TENSOR_DTYPE or WEIGHTS_SCHEMA. */
export function readHeader(row: Row, version: SchemaVersion): TensorHeader {
  const entry = readEntry(row);
  const isQuantized = version === 'V2' && entry.dtype === 'int8';
  return { ...entry, quantization: isQuantized ? readQuantization(row, entry.name) : undefined };
}

export function nameOf(row: Row): string {
  return String(row('layer_name'));
}

function readEntry(row: Row): TensorEntry {
  const name = nameOf(row);
  const shape = Array.from((row('shape') ?? []) as Iterable<number | bigint>, Number);
  const dtype = parseDType(String(row('dtype')), name);
  const parameters = Number(row('num_params'));
  if (shape.some((n) => !Number.isInteger(n) || n < 0) || elementCount(shape) !== parameters) {
    throw new TriptychError(
      'TENSOR_SHAPE',
      `tensor ${name}: shape [${shape.join(', ')}] holds ${elementCount(shape)} parameters, num_params says ${parameters}`,
      { field: name },
    );
  }
  return { name, shape, dtype, parameters };
}

function readQuantization(row: Row, name: string): Quantization {
  const scales = floats(row('scales'));
  if (!scales)
    throw new TriptychError('WEIGHTS_SCHEMA', `tensor ${name}: int8 without scales`, { field: name });
  return {
    scales,
    zeroPoints: floats(row('zero_points')),
    axis: Number(row('quant_axis') ?? -1),
    groupSize: Number(row('group_size') ?? 0),
  };
}

function floats(value: unknown): Float32Array | undefined {
  const bytes = value as Uint8Array | null | undefined;
  if (!bytes || bytes.byteLength === 0) return undefined;
  const at = aligned(bytes, 4);
  return new Float32Array(at.buffer, at.byteOffset, at.byteLength >> 2);
}
