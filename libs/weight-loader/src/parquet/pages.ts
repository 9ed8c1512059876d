import { fstatSync } from 'node:fs';
import { readRange } from '@triptych/core';
import type { Chunk, FileColumn } from './file-columns.js';
import { DATA_PAGE, DATA_PAGE_V2, PLAIN, RLE } from './format.js';
import type { Place } from './located.js';
import { decodeThrift, type ThriftFields } from './read-thrift.js';

/** A page of plainly encoded values. Its levels, which say where values are missing and lists begin, come before them. */
export interface Page extends Place {
  /** Of which some may be missing. */
  readonly numValues: number;
  /** Bytes once it is decompressed. */
  readonly rawBytes: number;
  readonly isCompressed: boolean;
  /**
   * Bytes of the levels before the values, which are not compressed; undefined where they are compressed with the values, and begin with their
   * lengths.
   */
  readonly levels: { readonly repetition: number; readonly definition: number } | undefined;
}

/** A page's header is some 30 bytes; with statistics of large values, a few kilobytes. */
const LONGEST_HEADER_BYTES = 32 * 1024;

/** The pages of a column, by their headers. undefined where one is encoded in another way, or where
 * they do not hold a value for each row. Throws a RangeError where a header is damaged. */
export function findPages(file: number, { chunks, nesting }: FileColumn): Page[] | undefined {
  const pages: Page[] = [];
  const { size } = fstatSync(file);
  for (const chunk of chunks) {
    if (chunk.end > size) return undefined;
    let numValues = 0;
    for (let at = chunk.position; at < chunk.end;) {
      const page = readPage(file, at, chunk);
      if (!page) return undefined;
      // A header takes bytes, so this ends.
      at = page.byteOffset + page.byteLength;
      if (at > chunk.end) return undefined;
      pages.push(page);
      numValues += page.numValues;
    }
    if (nesting.repetition === 0 && numValues !== chunk.numRows) return undefined;
  }
  return pages;
}

function readPage(file: number, at: number, { end, isCompressed }: Chunk): Page | undefined {
  const bytes = readRange(file, at, Math.min(LONGEST_HEADER_BYTES, end - at));
  const { fields, end: headerBytes } = decodeThrift(bytes);
  const [rawBytes, byteLength] = [2, 3].map((id) => fields.get(id));
  if (!isCount(rawBytes) || !isCount(byteLength)) return undefined;
  const place = { byteOffset: at + headerBytes, byteLength, rawBytes };
  if (fields.get(1) === DATA_PAGE) {
    const header = fields.get(5) as ThriftFields | undefined;
    const numValues = header?.get(1);
    if (header?.get(2) !== PLAIN || header.get(3) !== RLE || !isCount(numValues)) return undefined;
    return { ...place, numValues, isCompressed, levels: undefined };
  }
  if (fields.get(1) !== DATA_PAGE_V2) return undefined;
  const header = fields.get(8) as ThriftFields | undefined;
  const [numValues, definition, repetition] = [1, 5, 6].map((id) => header?.get(id));
  if (!isCount(numValues) || !isCount(definition) || !isCount(repetition)) return undefined;
  if (header?.get(4) !== PLAIN || definition + repetition > Math.min(byteLength, rawBytes)) return undefined;
  const isPacked = isCompressed && header.get(7) !== false;
  return { ...place, numValues, isCompressed: isPacked, levels: { definition, repetition } };
}

function isCount(field: unknown): field is number {
  return typeof field === 'number' && field >= 0;
}
