import type { FileColumn, Nesting } from './file-columns.js';
import { BYTE_ARRAY, INT32 } from './format.js';
import { decodeLevels } from './levels.js';
import type { Place } from './located.js';
import type { Page } from './pages.js';

/** Bytes of a decompressed page, as a reader of a file or of a buffer gives them: fewer where it ends before. */
export type ReadBytes = (byteOffset: number, byteLength: number) => Uint8Array;

/** What stands in a page: its levels, and where its values begin. */
interface Levels {
  readonly repetition: Uint8Array;
  readonly definition: Uint8Array;
  readonly end: number;
}

const LENGTH_BYTES = 4;
/** Values of a page: a file of a hundred thousand tensors has fewer. */
const MOST_VALUES = 1024 * 1024;
/** Levels are runs: those of a page all of whose values are there are some bytes. */
export const LONGEST_LEVELS_BYTES = MOST_VALUES;

/** Where the byte strings of a page of a column without lists lie in it. undefined where one is missing, or where it does not hold as many. */
export function locateStrings(page: Page, nesting: Nesting, read: ReadBytes): Place[] | undefined {
  const { numValues } = page;
  const levels = levelsOf(page, nesting, read);
  if (!levels || numValues > MOST_VALUES) return undefined;
  if (nesting.definition > 0) {
    const defined = decodeLevels(levels.definition, 1, numValues);
    if (!defined?.every((level) => level === 1)) return undefined;
  }
  const places: Place[] = [];
  let at = levels.end;
  while (at < page.rawBytes && places.length < page.numValues) {
    const byteLength = lengthAt(at, page, read);
    places.push({ byteOffset: at + LENGTH_BYTES, byteLength });
    at += LENGTH_BYTES + byteLength;
  }
  return at === page.rawBytes && places.length === page.numValues ? places : undefined;
}

/** A value of a column, and whether it begins a row; lists may be empty. */
export interface ColumnValue {
  readonly isFirst: boolean;
  /** Of what is not there. `empty`: of a list. */
  readonly value: Uint8Array | bigint | number | null | 'empty';
}

/** The values of a page. undefined where it does not hold as many, or where a list has a value that is missing. */
export function valuesOf(page: Page, column: FileColumn, bytes: Uint8Array): ColumnValue[] | undefined {
  const { nesting, type } = column;
  const levels = levelsOf(page, nesting, (at, length) => bytes.subarray(at, at + length));
  if (!levels || page.numValues > MOST_VALUES) return undefined;
  const isFirst = nesting.repetition === 0 ? undefined : decodeLevels(levels.repetition, 1, page.numValues);
  const width = bitWidth(nesting.definition);
  const defined =
    nesting.definition === 0 ? undefined : decodeLevels(levels.definition, width, page.numValues);
  if ((nesting.repetition > 0 && !isFirst) || (nesting.definition > 0 && !defined)) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = levels.end;
  const values: ColumnValue[] = [];
  for (let i = 0; i < page.numValues; i++) {
    const first = (isFirst?.[i] ?? 0) === 0;
    const level = defined?.[i] ?? 0;
    if (level > nesting.definition) return undefined;
    if (level < nesting.definition) {
      if (nesting.repetition > 0 && !(first && level < nesting.list)) return undefined;
      values.push({ isFirst: first, value: nesting.repetition > 0 ? 'empty' : null });
      continue;
    }
    const next = nextValue(view, at, type);
    if (!next) return undefined;
    values.push({ isFirst: first, value: next.value });
    at = next.end;
  }
  return at === bytes.byteLength ? values : undefined;
}

function nextValue(
  view: DataView,
  at: number,
  type: FileColumn['type'],
): { readonly value: Uint8Array | bigint | number; readonly end: number } | undefined {
  const byteLength = type === INT32 || type === BYTE_ARRAY ? 4 : 8;
  if (at + byteLength > view.byteLength) return undefined;
  const end = at + byteLength;
  if (type === INT32) return { value: view.getInt32(at, true), end };
  if (type !== BYTE_ARRAY) return { value: view.getBigInt64(at, true), end };
  const length = view.getUint32(at, true);
  if (end + length > view.byteLength) return undefined;
  return { value: new Uint8Array(view.buffer, view.byteOffset + end, length), end: end + length };
}

function levelsOf(page: Page, nesting: Nesting, read: ReadBytes): Levels | undefined {
  let at = 0;
  const next = (level: number, known: number | undefined): Uint8Array | undefined => {
    if (known === undefined && level === 0) return new Uint8Array(0);
    const byteLength = known ?? lengthAt(at, page, read);
    if (known === undefined) at += LENGTH_BYTES;
    if (at + byteLength > page.rawBytes || byteLength > LONGEST_LEVELS_BYTES) return undefined;
    at += byteLength;
    return read(at - byteLength, byteLength);
  };
  const repetition = next(nesting.repetition, page.levels?.repetition);
  const definition = repetition && next(nesting.definition, page.levels?.definition);
  return definition && { repetition, definition, end: at };
}

/** Infinity where the page ends before. */
function lengthAt(at: number, { rawBytes }: Page, read: ReadBytes): number {
  if (at + LENGTH_BYTES > rawBytes) return Infinity;
  const bytes = read(at, LENGTH_BYTES);
  if (bytes.byteLength < LENGTH_BYTES) return Infinity;
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
}

function bitWidth(largest: number): number {
  return 32 - Math.clz32(largest);
}
