import { readRange } from '@triptych/core';
import type { ColumnMetaData, PageHeader } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';

/** Bytes of a value inside a file. */
export interface Place {
  readonly byteOffset: number;
  readonly byteLength: number;
}

/** A page's header is some 30 bytes; with statistics of large values, a few kilobytes. */
const LONGEST_HEADER_BYTES = 32 * 1024;
const LENGTH_BYTES = 4;

/** A column of byte strings in one row group. */
export interface ByteColumn extends Pick<ColumnMetaData, 'codec' | 'total_compressed_size' | 'num_values'> {
  /** Where its first page begins. */
  readonly start: number;
  /** Whether values may be missing. */
  readonly optional: boolean;
}

/**
 * Where the values of an uncompressed column lie: pages of plain encoding hold each value's length, then its bytes. undefined
 * where the column is compressed, encoded otherwise, or misses a value.
 */
export function locateValues(descriptor: number, column: ByteColumn): Place[] | undefined {
  if (column.codec !== 'UNCOMPRESSED') return undefined;
  const places: Place[] = [];
  const end = column.start + Number(column.total_compressed_size);
  for (let at = column.start; at < end;) {
    const bytes = readRange(descriptor, at, Math.min(LONGEST_HEADER_BYTES, end - at));
    const reader = { view: new DataView(bytes.buffer, 0, bytes.byteLength), offset: 0 };
    const header = parquetHeader(reader);
    const page = at + reader.offset;
    const pageEnd = page + header.compressed_page_size;
    const levels = levelBytes(descriptor, page, header, column.optional);
    if (levels === undefined || pageEnd > end || pageEnd <= at) return undefined;
    for (let value = page + levels; value < pageEnd;) {
      const byteLength = readLength(descriptor, value);
      const byteOffset = value + LENGTH_BYTES;
      value = byteOffset + byteLength;
      if (value > pageEnd) return undefined;
      places.push({ byteOffset, byteLength });
    }
    at = pageEnd;
  }
  return places.length === Number(column.num_values) ? places : undefined;
}

/** Bytes that go before a page's values, and say which of them are there; undefined where it is no page of plain values. */
function levelBytes(
  descriptor: number,
  page: number,
  { type, data_page_header: v1, data_page_header_v2: v2 }: PageHeader,
  optional: boolean,
): number | undefined {
  if (type === 'DATA_PAGE' && v1?.encoding === 'PLAIN')
    return optional ? LENGTH_BYTES + readLength(descriptor, page) : 0;
  if (type === 'DATA_PAGE_V2' && v2?.encoding === 'PLAIN')
    return v2.repetition_levels_byte_length + v2.definition_levels_byte_length;
  return undefined;
}

/** Throws a RangeError where the file ends before. */
function readLength(descriptor: number, position: number): number {
  const { buffer, byteLength } = readRange(descriptor, position, LENGTH_BYTES);
  return new DataView(buffer, 0, byteLength).getUint32(0, true);
}
