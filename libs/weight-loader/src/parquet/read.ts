import { elementCount, TriptychError } from '@triptych/core';
import type { Table, Vector } from 'apache-arrow';
import { aligned, checkByteLength, type Quantization, type StoredTensor } from '../numbers/stored-tensor.js';
import { openRowGroups } from './row-groups.js';
import {
  parseDType,
  plainColumns,
  quantizationColumns,
  type SchemaVersion,
  schemaVersion,
} from './schema.js';

export interface TensorEntry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: StoredTensor['dtype'];
  readonly parameters: number;
}

/** Names, shapes and dtypes of a weights file, without its data. */
export async function listTensors(path: string): Promise<{ version: SchemaVersion; tensors: TensorEntry[] }> {
  const groups = await openRowGroups(path);
  const version = schemaVersion(groups.columns, path);
  const tensors: TensorEntry[] = [];
  for await (const table of groups.read(plainColumns.filter((c) => c !== 'data'))) {
    for (let row = 0; row < table.numRows; row++) tensors.push(readEntry(table, row));
  }
  groups.close();
  return { version, tensors };
}

/**
 * The tensors of a weights file, a row group at a time, in the file's order. Their bytes are valid until the next
 * group is asked for. With `wanted`, groups that hold nothing of that name are not decoded.
 */
export async function* readTensorGroups(
  path: string,
  wanted: (name: string) => boolean = () => true,
): AsyncGenerator<StoredTensor[]> {
  const groups = await openRowGroups(path);
  const version = schemaVersion(groups.columns, path);
  const columns = version === 'V2' ? [...plainColumns, ...quantizationColumns] : plainColumns;
  const isWanted = (names: Table) =>
    Array.from({ length: names.numRows }, (_, row) => nameOf(names, row)).some(wanted);
  for await (const table of groups.read(columns, { probe: ['layer_name'], isWanted })) {
    const rows = Array.from({ length: table.numRows }, (_, row) => row);
    yield rows
      .filter((row) => wanted(nameOf(table, row)))
      .map((row) => readTensor(table, row, version, path));
  }
  groups.close();
}

function readTensor(table: Table, row: number, version: SchemaVersion, path: string): StoredTensor {
  const { name, shape, dtype } = readEntry(table, row);
  const data = column<Uint8Array>(table, 'data').get(row);
  if (!data)
    throw new TriptychError('WEIGHTS_CORRUPT', `${path}: tensor ${name} has no data`, { field: name });
  const quantization = version === 'V2' && dtype === 'int8' ? readQuantization(table, row, name) : undefined;
  const tensor = { name, shape, dtype, data, quantization };
  checkByteLength(tensor);
  return tensor;
}

function readEntry(table: Table, row: number): TensorEntry {
  const name = nameOf(table, row);
  const shape = Array.from(column<Iterable<number | bigint>>(table, 'shape').get(row) ?? [], Number);
  const dtype = parseDType(String(column(table, 'dtype').get(row)), name);
  const parameters = Number(column<bigint | number>(table, 'num_params').get(row));
  if (shape.some((n) => !Number.isInteger(n) || n < 0) || elementCount(shape) !== parameters) {
    throw new TriptychError(
      'TENSOR_SHAPE',
      `tensor ${name}: shape [${shape.join(', ')}] holds ${elementCount(shape)} parameters, num_params says ${parameters}`,
      { field: name },
    );
  }
  return { name, shape, dtype, parameters };
}

function nameOf(table: Table, row: number): string {
  return String(column(table, 'layer_name').get(row));
}

function readQuantization(table: Table, row: number, name: string): Quantization {
  const scales = floats(column<Uint8Array>(table, 'scales').get(row));
  if (!scales)
    throw new TriptychError('WEIGHTS_SCHEMA', `tensor ${name}: int8 without scales`, { field: name });
  return {
    scales,
    zeroPoints: floats(column<Uint8Array>(table, 'zero_points').get(row)),
    axis: column<number>(table, 'quant_axis').get(row) ?? -1,
    groupSize: column<number>(table, 'group_size').get(row) ?? 0,
  };
}

function floats(bytes: Uint8Array | null): Float32Array | undefined {
  if (!bytes || bytes.byteLength === 0) return undefined;
  const at = aligned(bytes, 4);
  return new Float32Array(at.buffer, at.byteOffset, at.byteLength >> 2);
}

function column<T = unknown>(table: Table, name: string): { get(row: number): T | null } {
  return table.getChild(name) as unknown as Vector as { get(row: number): T | null };
}
