import { readRange, withFile } from '@triptych/core';
import { LARGEST_DECODED_BYTES } from './decodable.js';
import { type FileColumn, findColumns } from './file-columns.js';
import { readFooter, TAIL_BYTES } from './footer.js';
import type { Row } from './header.js';
import { type ColumnValue, LONGEST_LEVELS_BYTES, valuesOf } from './page-values.js';
import { findPages, type Page } from './pages.js';
import { columnsOf, DATA_COLUMN, type SchemaVersion, schemaVersion } from './schema.js';
import { type Unpack, unpackerOf } from './zstd.js';

/** A weights file all of whose columns but `data` were read, and the pages of that one. */
export interface PagedTensors {
  readonly version: SchemaVersion;
  /** One for each tensor. */
  readonly rows: readonly Row[];
  readonly data: DataColumn;
  readonly unpack: Unpack;
}

interface DataColumn extends FileColumn {
  /** Their values are those of the rows, in order. */
  readonly pages: readonly Page[];
}

/** All of a page is in memory, twice where it is compressed. */
const LARGEST_PAGE_BYTES = LARGEST_DECODED_BYTES + LONGEST_LEVELS_BYTES;
/** What all columns but `data` have together: scales are the most of it. */
const MOST_HEADER_BYTES = 256 * 1024 * 1024;

/**
 * Reads what a weights file says of its tensors, and finds the pages with their numbers, where all is encoded plainly, in pages compressed with
 * zstd or not: so `convert` writes, and so it always did. undefined for any other file, and for one that is damaged: the decoder of
 * {@link decodeTensors} reads that, or says what is wrong with it.
 */
export async function openPages(path: string): Promise<PagedTensors | undefined> {
  try {
    const found = withFile(path, (file) => findAll(file, path));
    if (!found) return undefined;
    const { version, columns } = found;
    const unpack = await unpackerOf([...columns.values()].flatMap(({ pages }) => pages));
    const data = columns.get(DATA_COLUMN.name);
    const rows = withFile(path, (file) => readRows(file, columns, unpack));
    const count = data?.pages.reduce((sum, { numValues }) => sum + numValues, 0);
    return data && rows && count === rows.length ? { version, rows, data, unpack } : undefined;
  } catch {
    // What is wrong the decoder says.
    return undefined;
  }
}

type Columns = ReadonlyMap<string, DataColumn>;

function findAll(file: number, path: string): { version: SchemaVersion; columns: Columns } | undefined {
  const footer = readFooter(file);
  let version: SchemaVersion = 'V1';
  const found =
    footer &&
    findColumns(footer.subarray(0, -TAIL_BYTES), (names) =>
      columnsOf((version = schemaVersion(names, path))),
    );
  if (!found) return undefined;
  const columns = new Map<string, DataColumn>();
  for (const [name, column] of found) {
    const pages = findPages(file, column);
    if (!pages?.every(isBounded)) return undefined;
    columns.set(name, { ...column, pages });
  }
  return headerBytes(columns) > MOST_HEADER_BYTES ? undefined : { version, columns };
}

/** A file of some kilobytes may claim any size before compression. */
function headerBytes(columns: Columns): number {
  const headers = [...columns].filter(([name]) => name !== DATA_COLUMN.name);
  return headers.reduce(
    (sum, [, { pages }]) => sum + pages.reduce((all, { rawBytes }) => all + rawBytes, 0),
    0,
  );
}

function isBounded({ rawBytes, byteLength }: Page): boolean {
  return Math.max(rawBytes, byteLength) <= LARGEST_PAGE_BYTES;
}

function readRows(file: number, columns: Columns, unpack: Unpack): Row[] | undefined {
  const read = new Map<string, unknown[]>();
  for (const [name, column] of columns) {
    if (name === DATA_COLUMN.name) continue;
    const values = readColumn(file, column, unpack);
    if (!values) return undefined;
    read.set(name, values);
  }
  const count = read.get('layer_name')?.length ?? 0;
  if ([...read.values()].some(({ length }) => length !== count)) return undefined;
  return Array.from({ length: count }, (_, index) => (column) => read.get(column)?.[index]);
}

/** A value for each row; an array where the column has lists. */
function readColumn(file: number, column: DataColumn, unpack: Unpack): unknown[] | undefined {
  const rows: unknown[] = [];
  for (const page of column.pages) {
    const bytes = unpack(readRange(file, page.byteOffset, page.byteLength), page);
    const values = bytes && valuesOf(page, column, bytes);
    if (!values) return undefined;
    if (column.nesting.repetition === 0)
      for (const { value } of values) rows.push(column.column.type === 'string' ? textOf(value) : value);
    else if (!addLists(rows, values)) return undefined;
  }
  return rows;
}

/** Throws a TypeError for what is not UTF-8. */
function textOf(value: ColumnValue['value']): unknown {
  return value instanceof Uint8Array ? utf8.decode(value) : value;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** False where a list goes on that did not begin. */
function addLists(rows: unknown[], values: readonly ColumnValue[]): boolean {
  for (const { isFirst, value } of values) {
    if (isFirst) rows.push([]);
    const list = rows.at(-1) as unknown[] | undefined;
    if (!list) return false;
    if (value !== 'empty') list.push(value);
  }
  return true;
}
