import { elementCount } from '@triptych/core';
import { bytesPerElement } from '../numbers/stored-tensor.js';
import { type Column, type ColumnChunk, footer, MAGIC, pageHeader, type RowGroup } from './format.js';
import { encodeLevels, type Run } from './levels.js';
import { columnsOf, DATA_COLUMN, formatDType, formatQuantType, type SchemaVersion } from './schema.js';
import { formatTable, TABLE_KEY, type TensorRow } from './tensor-table.js';

/** So many bytes of numbers of a row, by its index in the row group: they stand in the file as they are. */
export interface Numbers {
  readonly column: 'data' | 'scales' | 'zero_points';
  readonly row: number;
  readonly byteLength: number;
}

/** A piece of a file: bytes that follow from what the tensors are, or numbers. */
export type Piece = Uint8Array | Numbers;

export interface RowGroupLayout extends RowGroup {
  /** The pages of the column `data`: {@link dataPage} of each row. */
  readonly data: readonly Piece[];
  /** Those of the other columns, which come after them in the file. */
  readonly rest: readonly Piece[];
  /** Where the next row group begins. */
  readonly end: number;
}

export const FIRST_ROW_GROUP = MAGIC.byteLength;

/** A row group is closed once its tensors have this many bytes: other readers hold one of them in memory. */
const ROW_GROUP_BYTES = 64 * 1024 * 1024;
/** Sizes of a page are 32-bit numbers. */
const LONGEST_PAGE_BYTES = 2 ** 31 - 1;
/** This leaves room for what else is in a page. */
const LONGEST_VALUE_BYTES = LONGEST_PAGE_BYTES - 1023;

/** Whether a file can hold this row. Whether it can beside others is seen by {@link layOutRowGroup}. */
export function canLayOut(row: TensorRow): boolean {
  const { name, shape, quantization } = row;
  const { scales = 0, axis = -1, groupSize = 0 } = quantization ?? {};
  const isInt32 = (value: number) => (value | 0) === value;
  return (
    Math.max(dataBytes(row), 4 * scales, Buffer.byteLength(name)) <= LONGEST_VALUE_BYTES &&
    shape.every((n) => isInt32(n) && n >= 0) &&
    [axis, groupSize].every(isInt32)
  );
}

/** Whether a row group whose tensors have this many bytes is closed. */
export function isFull(bytes: number): boolean {
  return bytes >= ROW_GROUP_BYTES;
}

/** The rows of each row group of a file. */
export function inRowGroups(rows: readonly TensorRow[]): TensorRow[][] {
  const groups: TensorRow[][] = [];
  let group: TensorRow[] = [];
  let bytes = 0;
  for (const row of rows) {
    if (group.push(row) === 1) groups.push(group);
    bytes += dataBytes(row);
    if (isFull(bytes)) [group, bytes] = [[], 0];
  }
  return groups;
}

export function dataBytes({ dtype, shape }: Pick<TensorRow, 'dtype' | 'shape'>): number {
  return elementCount(shape) * bytesPerElement[dtype];
}

/**
 * The row group of these rows, which begins at `position`. Pages are uncompressed and plainly encoded, one a column, and in the
 * column `data`, which comes first in the file, one a tensor: so that tensors are written as they come, and lie in one piece each. undefined where a page would be
 * longer than its header can say.
 */
export function layOutRowGroup(
  rows: readonly TensorRow[],
  version: SchemaVersion,
  position: number,
): RowGroupLayout | undefined {
  let end = position;
  const chunkOf = (column: Column, pages: readonly Page[]): ColumnChunk => {
    const size = pages.reduce((sum, { pieces }) => sum + lengthOf(pieces), 0);
    const numValues = pages.reduce((sum, page) => sum + page.numValues, 0);
    const chunk = { column, numValues, position: end, size };
    end += size;
    return chunk;
  };
  const dataPages = rows.map(dataPage);
  const data = chunkOf(DATA_COLUMN, dataPages);
  const others = columnsOf(version).flatMap((column) => {
    if (column === DATA_COLUMN) return [];
    const only = pageOf(column, rows);
    return [{ chunk: chunkOf(column, [only]), pieces: only.pieces }];
  });
  const pages = [...dataPages, ...others];
  if (pages.some(({ pieces }) => lengthOf(pieces) > LONGEST_PAGE_BYTES)) return undefined;
  const chunks = columnsOf(version).map(
    (column) => others.find(({ chunk }) => chunk.column === column)?.chunk ?? data,
  );
  return {
    numRows: rows.length,
    chunks,
    data: dataPages.flatMap(({ pieces }) => pieces),
    rest: joined(others.flatMap(({ pieces }) => pieces)),
    end,
  };
}

function lengthOf(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, { byteLength }) => sum + byteLength, 0);
}

/** What comes after the row groups. */
export function layOutFooter(
  rows: readonly TensorRow[],
  version: SchemaVersion,
  rowGroups: readonly RowGroup[],
): Buffer {
  return footer(columnsOf(version), rowGroups, [TABLE_KEY, formatTable(rows, version)]);
}

interface Page {
  readonly numValues: number;
  readonly pieces: readonly Piece[];
}

/** A tensor's own page: its beginning, and the tensor's bytes. */
export function dataPage(row: TensorRow, index: number): Page {
  return page(1, [[[1, 1]]], numbers('data', index, dataBytes(row)));
}

/** The page of all values of another column. */
function pageOf({ name, type }: Column, rows: readonly TensorRow[]): Page {
  const count = rows.length;
  if (type === 'list<int32>') return listPage(rows.map(({ shape }) => shape));
  if (type === 'binary') {
    const column = name as Numbers['column'];
    const present = rows.map(({ quantization }): Run => [1, quantization ? 1 : 0]);
    const values = rows.flatMap(({ quantization }, row) =>
      quantization ? numbers(column, row, 4 * quantization.scales) : [],
    );
    return page(count, [present], values);
  }
  return page(count, [[[count, 1]]], rows.map(plainValues[name]));
}

/** How the values of a column without lists and numbers are written. */
const plainValues: Readonly<Record<string, (row: TensorRow) => Uint8Array>> = {
  layer_name: ({ name }) => byteArray(name),
  dtype: ({ dtype }) => byteArray(formatDType(dtype)),
  num_params: ({ shape }) => int64(elementCount(shape)),
  quant_type: ({ dtype }) => byteArray(formatQuantType(dtype)),
  quant_axis: ({ quantization }) => int32(quantization?.axis ?? -1),
  group_size: ({ quantization }) => int32(quantization?.groupSize ?? 0),
};

/** Lists of optional numbers. Of an empty one only the levels are there, as of one value. */
function listPage(lists: readonly (readonly number[])[]): Page {
  const lengths = lists.map(({ length }) => Math.max(length, 1));
  const repetition = lengths.flatMap((length): Run[] => [
    [1, 0],
    [length - 1, 1],
  ]);
  const definition = lists.map(({ length }): Run => (length > 0 ? [length, 3] : [1, 1]));
  const count = lengths.reduce((sum, length) => sum + length, 0);
  return page(count, [repetition, definition], lists.flat().map(int32));
}

function page(numValues: number, levels: readonly (readonly Run[])[], values: readonly Piece[]): Page {
  const body = [...levels.map(encodeLevels), ...values];
  return { numValues, pieces: joined([pageHeader(numValues, lengthOf(body)), ...body]) };
}

function byteArray(text: string): Uint8Array {
  const bytes = Buffer.from(text);
  return Buffer.concat([int32(bytes.byteLength), bytes]);
}

function numbers(column: Numbers['column'], row: number, byteLength: number): Piece[] {
  return [int32(byteLength), { column, row, byteLength }];
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}

function int64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(BigInt(value));
  return bytes;
}

/** The same pieces, those that are bytes and follow each other joined. */
function joined(pieces: readonly Piece[]): Piece[] {
  const result: Piece[] = [];
  let bytes: Uint8Array[] = [];
  const flush = () => {
    if (bytes.length > 0) result.push(bytes.length === 1 ? bytes[0] : Buffer.concat(bytes));
    bytes = [];
  };
  for (const piece of pieces) {
    if (piece instanceof Uint8Array) bytes.push(piece);
    else {
      flush();
      result.push(piece);
    }
  }
  flush();
  return result;
}
