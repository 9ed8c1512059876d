import { TriptychError } from '@triptych/core';
import type { Table } from 'apache-arrow';
import { checkByteLength, type StoredTensor } from '../numbers/stored-tensor.js';
import {
  headerColumns,
  nameOf,
  readHeader,
  type Row,
  type TensorEntry,
  type TensorHeader,
} from './header.js';
import { openRowGroups } from './row-groups.js';
import { type SchemaVersion, schemaVersion } from './schema.js';

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
  const rowAt = rowsOf(await file.table(headerColumns(version)), headerColumns(version));
  let end = 0;
  const wantedGroups = file.groups.flatMap(({ rows: count, bytes }, group) => {
    const first = end;
    end += count;
    const rows = Array.from({ length: count }, (_, row) => row)
      .filter((row) => wanted(nameOf(rowAt(first + row))))
      .map((row) => ({ row, header: readHeader(rowAt(first + row), version) }));
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
  checkByteLength(tensor, data.byteLength);
  return tensor;
}

/** The rows of a table that Arrow holds. It has a chunk for each row group, which one value at a time would look for anew. */
function rowsOf(table: Table, names: readonly string[]): (index: number) => Row {
  const columns = new Map(names.map((name) => [name, [...(table.getChild(name) ?? [])] as unknown[]]));
  return (index) => (column) => columns.get(column)?.[index];
}
