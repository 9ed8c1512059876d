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

/** One of several readers' share of a file's row groups. */
export interface Share {
  readonly index: number;
  readonly of: number;
}

/** Gives each row group, the largest first, to the reader that has least to read; a reader's own stay in the file's order. */
function shareOf(groups: readonly GroupHeader[], { index, of }: Share): GroupHeader[] {
  const load = Array<number>(of).fill(0);
  const own = new Set<GroupHeader>();
  for (const group of groups.toSorted((a, b) => b.bytes - a.bytes)) {
    const reader = load.indexOf(Math.min(...load));
    load[reader] += group.bytes;
    if (reader === index) own.add(group);
  }
  return groups.filter((group) => own.has(group));
}

/** Everything of a tensor but its data. */
export interface TensorHeader extends TensorEntry {
  readonly quantization: Quantization | undefined;
}

/** A row group's tensors that are wanted, and their rows. */
interface GroupHeader {
  readonly group: number;
  readonly bytes: number;
  readonly rows: readonly { readonly row: number; readonly header: TensorHeader }[];
}

/** Names, shapes and dtypes of a weights file, without its data. */
export async function listTensors(path: string): Promise<{ version: SchemaVersion; tensors: TensorEntry[] }> {
  const file = await openTensors(path);
  const tensors = file.groups.flatMap(({ rows }) =>
    rows.map(({ header: { quantization: _, ...entry } }) => entry),
  );
  file.close();
  return { version: file.version, tensors };
}

/** A weights file whose headers have been read. */
export interface TensorFile {
  readonly version: SchemaVersion;
  readonly groups: readonly GroupHeader[];
  /**
   * The tensors, a row group at a time, in the file's order. Their bytes are valid until the next group is asked for.
   */
  read(): AsyncGenerator<StoredTensor[]>;
  close(): void;
}

/** Opens a weights file, or one share of its row groups; of those only the tensors that are `wanted`. */
export async function openTensors(
  path: string,
  share?: Share,
  wanted: (name: string) => boolean = () => true,
): Promise<TensorFile> {
  const file = await openRowGroups(path);
  const version = schemaVersion(file.columns, path);
  const columns = [...plainColumns, ...(version === 'V2' ? quantizationColumns : [])].filter(
    (c) => c !== 'data',
  );
  const table = await file.table(columns);
  let end = 0;
  const wantedGroups = file.groups.flatMap(({ rows: count, bytes }, group) => {
    const first = end;
    end += count;
    const rows = Array.from({ length: count }, (_, row) => row)
      .filter((row) => wanted(nameOf(table, first + row)))
      .map((row) => ({ row, header: readHeader(table, first + row, version) }));
    return rows.length > 0 ? [{ group, bytes, rows }] : [];
  });
  const groups = share ? shareOf(wantedGroups, share) : wantedGroups;
  return {
    version,
    groups,
    async *read() {
      for (const { group, rows } of groups) {
        const data = await file.binary(group, 'data');
        yield rows.map(({ row, header }) => withData(header, data.values[row], path));
        data.free();
      }
    },
    close: () => file.close(),
  };
}

function withData(
  { name, shape, dtype, quantization }: TensorHeader,
  data: Uint8Array | null | undefined,
  path: string,
): StoredTensor {
  if (!data)
    throw new TriptychError('WEIGHTS_CORRUPT', `${path}: tensor ${name} has no data`, { field: name });
  const tensor = { name, shape, dtype, data, quantization };
  checkByteLength(tensor);
  return tensor;
}

function readHeader(table: Table, row: number, version: SchemaVersion): TensorHeader {
  const entry = readEntry(table, row);
  const isQuantized = version === 'V2' && entry.dtype === 'int8';
  return { ...entry, quantization: isQuantized ? readQuantization(table, row, entry.name) : undefined };
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
