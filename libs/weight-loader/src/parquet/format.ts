import { encodeThrift, type ThriftStruct, type ThriftValue } from './thrift.js';

// Structures of the Parquet format that a weights file is made of, by the names of its specification (parquet.thrift).

/** What a Parquet file begins and ends with. */
export const MAGIC = Buffer.from('PAR1');

export const INT32 = 1;
export const INT64 = 2;
export const BYTE_ARRAY = 6;
export const OPTIONAL = 1;
export const REPEATED = 2;
export const CONVERTED_UTF8 = 0;
export const CONVERTED_LIST = 3;
const LOGICAL_STRING = 1;
const LOGICAL_LIST = 3;
export const PLAIN = 0;
export const RLE = 3;
export const DATA_PAGE = 0;
export const DATA_PAGE_V2 = 3;
export const UNCOMPRESSED = 0;
export const ZSTD = 6;

const i32 = (value: number): ThriftValue => ({ i32: value });
const i64 = (value: number): ThriftValue => ({ i64: value });
const text = (value: string): ThriftValue => ({ text: value });
const struct = (...fields: ThriftStruct): ThriftValue => ({ struct: fields });
const list = (values: readonly ThriftValue[]): ThriftValue => ({ list: values });

/** A column of a weights file. */
export type ColumnType = 'string' | 'binary' | 'int32' | 'int64' | 'list<int32>';

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
}

const physicalTypes: Readonly<Record<ColumnType, number>> = {
  string: BYTE_ARRAY,
  binary: BYTE_ARRAY,
  int32: INT32,
  int64: INT64,
  'list<int32>': INT32,
};

/** A column's schema elements: one, or three for a list. */
function schemaElements({ name, type }: Column): ThriftValue[] {
  const logical = (id: number): ThriftValue => struct([id, struct()]);
  if (type === 'list<int32>') {
    return [
      struct(
        [3, i32(OPTIONAL)],
        [4, text(name)],
        [5, i32(1)],
        [6, i32(CONVERTED_LIST)],
        [10, logical(LOGICAL_LIST)],
      ),
      struct([3, i32(REPEATED)], [4, text('list')], [5, i32(1)]),
      struct([1, i32(INT32)], [3, i32(OPTIONAL)], [4, text('element')]),
    ];
  }
  const plain: ThriftStruct = [
    [1, i32(physicalTypes[type])],
    [3, i32(OPTIONAL)],
    [4, text(name)],
  ];
  if (type !== 'string') return [struct(...plain)];
  return [struct(...plain, [6, i32(CONVERTED_UTF8)], [10, logical(LOGICAL_STRING)])];
}

/** The header of an uncompressed data page. Sizes in bytes. */
export function pageHeader(numValues: number, pageSize: number): Buffer {
  const dataPage = struct([1, i32(numValues)], [2, i32(PLAIN)], [3, i32(RLE)], [4, i32(RLE)]);
  return encodeThrift([
    [1, i32(DATA_PAGE)],
    [2, i32(pageSize)],
    [3, i32(pageSize)],
    [5, dataPage],
  ]);
}

/** One column of one row group, in uncompressed pages. */
export interface ColumnChunk {
  readonly column: Column;
  readonly numValues: number;
  /** Where its first page begins in the file. */
  readonly position: number;
  /** Bytes of its pages and their headers. */
  readonly size: number;
}

export interface RowGroup {
  readonly numRows: number;
  /** In the order of the schema. */
  readonly chunks: readonly ColumnChunk[];
}

function columnChunk({ column, numValues, position, size }: ColumnChunk): ThriftValue {
  const path = column.type === 'list<int32>' ? [column.name, 'list', 'element'] : [column.name];
  const metaData = struct(
    [1, i32(physicalTypes[column.type])],
    [2, list([i32(PLAIN), i32(RLE)])],
    [3, list(path.map(text))],
    [4, i32(UNCOMPRESSED)],
    [5, i64(numValues)],
    [6, i64(size)],
    [7, i64(size)],
    [9, i64(position)],
  );
  return struct([2, i64(0)], [3, metaData]);
}

function rowGroup({ numRows, chunks }: RowGroup): ThriftValue {
  const size = chunks.reduce((sum, chunk) => sum + chunk.size, 0);
  return struct([1, list(chunks.map(columnChunk))], [2, i64(size)], [3, i64(numRows)]);
}

/** The end of a file: its metadata with one key and value, their length, and the magic bytes. */
export function footer(
  columns: readonly Column[],
  rowGroups: readonly RowGroup[],
  [key, value]: readonly [key: string, value: string],
): Buffer {
  const root = struct([4, text('schema')], [5, i32(columns.length)]);
  const metadata = encodeThrift([
    [1, i32(1)],
    [2, list([root, ...columns.flatMap(schemaElements)])],
    [3, i64(rowGroups.reduce((sum, { numRows }) => sum + numRows, 0))],
    [4, list(rowGroups.map(rowGroup))],
    [5, list([struct([1, text(key)], [2, text(value)])])],
    [6, text('triptych')],
  ]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(metadata.byteLength);
  return Buffer.concat([metadata, length, MAGIC]);
}
