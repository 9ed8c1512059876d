import { fstatSync } from 'node:fs';
import { elementCount, problemOf, readRange, TriptychError, withFile } from '@triptych/core';
import { readFooter, TAIL_BYTES } from './footer.js';
import { MAGIC } from './format.js';
import type { TensorHeader } from './header.js';
import {
  canLayOut,
  FIRST_ROW_GROUP,
  inRowGroups,
  layOutFooter,
  layOutRowGroup,
  type Numbers,
  type RowGroupLayout,
} from './layout.js';
import type { LocatedTensor, LocatedTensors, Place } from './located.js';
import type { SchemaVersion } from './schema.js';
import { parseTable, TABLE_KEY, type TensorRow, type TensorTable } from './tensor-table.js';

/**
 * Finds the tensors inside an uncompressed file of {@link writeTensors} without reading their data. The file's own table of tensors
 * is not believed: the file is laid out by it once more, and every byte of the file that is no tensor's number is compared. What
 * passes is, to every reader of Parquet, what the table says. undefined for any other file. Throws WEIGHTS_MISSING; the message has the
 * file as it is `named`.
 */
export function locateTensors(path: string, named = path): LocatedTensors | undefined {
  try {
    return withFile(path, (file) => {
      const { size } = fstatSync(file);
      const footer = readFooter(file);
      const table = footer && findTable(footer);
      const layout = table && layOut(table, footer, size);
      const tensors = layout && compare(file, table, layout);
      return tensors && { version: table.version, tensors };
    });
  } catch (cause) {
    throw new TriptychError('WEIGHTS_MISSING', `${named}: cannot be read (${problemOf(cause)})`, { cause });
  }
}

/** The table is looked for by its key rather than by decoding the footer: whether it stands where it should is seen by {@link layOut}. */
function findTable(footer: Buffer): TensorTable | undefined {
  const metadata = footer.subarray(0, -TAIL_BYTES);
  const key = metadata.indexOf(TABLE_KEY);
  if (key < 0) return undefined;
  return parseTable(metadata.toString('utf8', metadata.indexOf('{', key), metadata.lastIndexOf('}') + 1));
}

/** The row groups of a file of this table, where it has this footer and this size. */
function layOut({ version, rows }: TensorTable, footer: Buffer, size: number): RowGroupLayout[] | undefined {
  if (!rows.every(canLayOut)) return undefined;
  const groups: RowGroupLayout[] = [];
  let end = FIRST_ROW_GROUP;
  for (const group of inRowGroups(rows)) {
    const layout = layOutRowGroup(group, version, end);
    if (!layout) return undefined;
    groups.push(layout);
    ({ end } = layout);
  }
  const isSame = end === size - footer.byteLength && layOutFooter(rows, version, groups).equals(footer);
  return isSame ? groups : undefined;
}

/** The tensors, where all between their numbers is as it was laid out. */
function compare(
  file: number,
  { version, rows }: TensorTable,
  groups: readonly RowGroupLayout[],
): LocatedTensor[] | undefined {
  if (!isThere(file, 0, MAGIC)) return undefined;
  let position = FIRST_ROW_GROUP;
  const located: LocatedTensor[] = [];
  for (const { data, rest, numRows } of groups) {
    const places = new Map<string, Place>();
    for (const piece of [...data, ...rest]) {
      if (!(piece instanceof Uint8Array))
        places.set(`${piece.column} ${piece.row}`, { byteOffset: position, byteLength: piece.byteLength });
      else if (!isThere(file, position, piece)) return undefined;
      position += piece.byteLength;
    }
    for (let row = 0; row < numRows; row++) {
      const place = places.get(`data ${row}`);
      const numbers = (column: Numbers['column']) => readNumbers(file, places.get(`${column} ${row}`));
      const header = headerOf(rows[located.length], version, numbers);
      if (!header || !place) return undefined;
      located.push({ header, ...place });
    }
  }
  return located;
}

function isThere(file: number, position: number, bytes: Uint8Array): boolean {
  return Buffer.from(readRange(file, position, bytes.byteLength)).equals(bytes);
}

/** undefined where int8 has no scales: the other reader says so. */
function headerOf(
  { name, dtype, shape, quantization }: TensorRow,
  version: SchemaVersion,
  numbers: (column: Numbers['column']) => Float32Array | undefined,
): TensorHeader | undefined {
  const entry = { name, dtype, shape, parameters: elementCount(shape) };
  if (version === 'V1' || dtype !== 'int8') return { ...entry, quantization: undefined };
  const [scales, zeroPoints] = [numbers('scales'), numbers('zero_points')];
  if (!quantization || !scales || !zeroPoints) return undefined;
  const { axis, groupSize } = quantization;
  return { ...entry, quantization: { scales, zeroPoints, axis, groupSize } };
}

function readNumbers(file: number, place: Place | undefined): Float32Array | undefined {
  if (!place || place.byteLength === 0) return undefined;
  const { buffer, byteLength } = readRange(file, place.byteOffset, place.byteLength);
  return new Float32Array(buffer, 0, byteLength / 4);
}
