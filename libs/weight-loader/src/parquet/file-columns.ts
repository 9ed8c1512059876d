import {
  BYTE_ARRAY,
  type Column,
  CONVERTED_LIST,
  CONVERTED_UTF8,
  INT32,
  INT64,
  OPTIONAL,
  REPEATED,
  UNCOMPRESSED,
  ZSTD,
} from './format.js';
import { decodeThrift, type ThriftField, type ThriftFields } from './read-thrift.js';

/** One column of one row group. */
export interface Chunk {
  readonly numRows: number;
  readonly isCompressed: boolean;
  /** Where its first page begins in the file, and where the last one ends. */
  readonly position: number;
  readonly end: number;
}

/** How deep a column's values are nested: what the levels of a page mean. */
export interface Nesting {
  /** The largest one: 1 of lists. */
  readonly repetition: number;
  /** The largest one: that of a value that is there. */
  readonly definition: number;
  /** From this definition level on a list has a value. */
  readonly list: number;
}

/** A column of a file: a chunk in each row group. */
export interface FileColumn {
  /** What it was looked for as. */
  readonly column: Column;
  /** What its values are in the file. */
  readonly type: typeof BYTE_ARRAY | typeof INT32 | typeof INT64;
  readonly nesting: Nesting;
  readonly chunks: readonly Chunk[];
}

/**
 * Finds columns by a file's footer: those that are `wanted` of a file that has these. undefined where one is missing, has another type, or anything that this reader does not know: dictionaries,
 * encryption, another compression than zstd. Throws a RangeError where the footer is damaged.
 */
export function findColumns(
  metadata: Uint8Array,
  wanted: (names: readonly string[]) => readonly Column[],
): ReadonlyMap<string, FileColumn> | undefined {
  const { fields } = decodeThrift(metadata);
  // Encrypted.
  if (fields.has(8)) return undefined;
  const leaves = leavesOf(structs(fields.get(2)));
  const groups = structs(fields.get(4));
  const numRows = groups.reduce((sum, group) => sum + (countOf(group.get(3)) ?? NaN), 0);
  if (numRows !== fields.get(3)) return undefined;
  const found = new Map<string, FileColumn>();
  const all = wanted(leaves.map(({ path }) => path[0]));
  // What other columns mean is not known.
  if (all.length !== leaves.length) return undefined;
  for (const column of all) {
    const [leaf, another] = leaves.filter(({ path }) => path[0] === column.name);
    if (!leaf || another || !isOfType(leaf, column)) return undefined;
    const chunks = groups.map((group) => chunkOf(group, leaf));
    if (!chunks.every((chunk) => chunk !== undefined)) return undefined;
    found.set(column.name, { column, type: leaf.type as FileColumn['type'], nesting: leaf.nesting, chunks });
  }
  return found;
}

/** A column of the file's own schema. */
interface Leaf {
  /** Among the columns of a row group. */
  readonly index: number;
  readonly path: readonly string[];
  readonly type: unknown;
  readonly nesting: Nesting;
  /** What its values stand for, at each step of its path; undefined: what they are. */
  readonly meanings: readonly (number | undefined)[];
}

function leavesOf(schema: readonly ThriftFields[]): Leaf[] {
  const leaves: Leaf[] = [];
  let next = 0;
  const visit = (path: readonly string[], meanings: Leaf['meanings'], nesting: Nesting) => {
    const element = schema.at(next++);
    if (!element) throw new RangeError('a schema ends too early');
    const children = countOf(element.get(5)) ?? 0;
    const isRoot = next === 1;
    const repetition = isRoot ? undefined : element.get(3);
    const inner = isRoot ? path : [...path, textOf(element.get(4))];
    const means = isRoot ? meanings : [...meanings, meaningOf(element)];
    const definition = nesting.definition + Number(repetition === REPEATED || repetition === OPTIONAL);
    const deeper =
      repetition === REPEATED
        ? { repetition: nesting.repetition + 1, definition, list: definition }
        : { ...nesting, definition };
    if (inner.length > DEEPEST) throw new RangeError('a schema is nested too deep');
    if (children === 0 && !isRoot)
      leaves.push({
        index: leaves.length,
        path: inner,
        type: element.get(1),
        meanings: means,
        nesting: deeper,
      });
    for (let child = 0; child < children; child++) visit(inner, means, deeper);
  };
  visit([], [], { repetition: 0, definition: 0, list: 0 });
  return leaves;
}

/** Columns that are more deeply nested are none of a weights file. */
const DEEPEST = 8;
/** Signed numbers of 32 and of 64 bits: what a reader that knows no annotation takes them for. */
const SIGNED: ReadonlySet<number | undefined> = new Set([undefined, 17, 18]);
const UNKNOWN = -1;

/** The converted type of a schema's element; that of its logical type alone is not known. */
function meaningOf(element: ThriftFields): number | undefined {
  const converted = element.get(6);
  if (typeof converted === 'number') return converted;
  return element.has(10) ? UNKNOWN : undefined;
}

function isOfType({ path, type, meanings, nesting }: Leaf, column: Column): boolean {
  const isFlat = path.length === 1 && nesting.repetition === 0;
  switch (column.type) {
    case 'string':
      return isFlat && type === BYTE_ARRAY && meanings[0] === CONVERTED_UTF8;
    case 'binary':
      return isFlat && type === BYTE_ARRAY && meanings[0] === undefined;
    case 'int32':
    case 'int64':
      return isFlat && isInteger(type, meanings[0]);
    case 'list<int32>':
      return (
        path.length === 3 &&
        nesting.repetition === 1 &&
        meanings[0] === CONVERTED_LIST &&
        meanings[1] === undefined &&
        isInteger(type, meanings[2])
      );
  }
}

function isInteger(type: unknown, meaning: number | undefined): boolean {
  return (type === INT32 || type === INT64) && SIGNED.has(meaning);
}

function chunkOf(group: ThriftFields, { index, path, type }: Leaf): Chunk | undefined {
  const column = structs(group.get(1)).at(index);
  const fields = column?.get(3);
  // In another file, or encrypted.
  if (!column || !isStruct(fields) || column.has(1) || column.has(8) || column.has(9)) return undefined;
  const found = fields.get(3);
  const isSame = Array.isArray(found) && found.map(textOf).join('\0') === path.join('\0');
  const codec = fields.get(4);
  const hasDictionary = fields.has(11);
  if (!isSame || hasDictionary || fields.get(1) !== type || (codec !== UNCOMPRESSED && codec !== ZSTD))
    return undefined;
  const numRows = countOf(group.get(3));
  const [size, position] = [7, 9].map((id) => countOf(fields.get(id)));
  if (numRows === undefined || size === undefined || position === undefined) return undefined;
  return { numRows, isCompressed: codec === ZSTD, position, end: position + size };
}

function isStruct(field: ThriftField | undefined): field is ThriftFields {
  return field instanceof Map;
}

function structs(field: ThriftField | undefined): ThriftFields[] {
  if (Array.isArray(field) && field.every(isStruct)) return field;
  throw new RangeError('a list of structs is missing');
}

function countOf(field: ThriftField | undefined): number | undefined {
  return typeof field === 'number' && field >= 0 ? field : undefined;
}

function textOf(field: ThriftField | undefined): string {
  return field instanceof Uint8Array ? Buffer.from(field).toString() : '';
}
