import { TriptychError } from '@triptych/core';
import type { AudioClip } from '@triptych/engine';
import type { Modality } from '@triptych/model-families';
import type { RequestedImage } from '@triptych/validation';
import type { Column } from './arrow/batch.js';
import { quoted } from './arrow/layout.js';
import type { Field, Schema } from './arrow/schema.js';
import { isNull, rangeOf } from './arrow/slice.js';
import { numberIn, typeText } from './arrow/types.js';
import type { Command } from './command.js';

/** What is encoded of a row. */
export type Item = Uint8Array | RequestedImage | AudioClip;

/** The column that holds what is encoded, and how it is read. */
export interface Content {
  /** Of the column, among those of the table. */
  readonly index: number;
  readonly item: (bytes: Uint8Array) => Item;
}

const ofBytes = ['utf8', 'large_utf8', 'binary', 'large_binary'];
const ofLists = ['list', 'large_list', 'fixed_size_list'];
/** Samples by what an Arrow list holds. */
const sampleEncodings: Readonly<Record<string, string>> = { float32: 'f32le', int16: 's16le' };

const expectedTypes: Readonly<Record<Modality, string>> = {
  text: 'utf8 (or binary of UTF-8)',
  image: 'binary: files of images',
  audio: 'binary: files of audio, or samples as `encoding` says; or lists of float32 or int16: samples',
};

/** Throws COLUMN_UNEXPECTED where the table has no such column, or its type is none that is encoded. */
export function findContent({ fields }: Schema, command: Command): Content {
  const index = findColumn(fields, command);
  const field = fields[index];
  const { modality } = command;
  if (modality === 'text' && ofBytes.includes(field.type.name)) return { index, item: (bytes) => bytes };
  if (modality === 'image' && ofBytes.slice(2).includes(field.type.name))
    return { index, item: (encoded) => ({ encoded }) };
  const encoding = modality === 'audio' ? clipEncoding(field, command.encoding) : undefined;
  if (modality !== 'audio' || encoding === undefined)
    throw unexpected(
      `column ${quoted(field)} is ${columnType(field)}; ${modality} is ${expectedTypes[modality]}`,
      field.name,
    );
  const format = { encoding, ...(command.sample_rate && { sampleRateHz: command.sample_rate }) };
  return { index, item: (data) => ({ format, data }) };
}

function findColumn(fields: readonly Field[], { column, modality }: Command): number {
  const wanted = column ?? modality;
  const named = fields.flatMap(({ name }, i) => (name === wanted ? [i] : []));
  if (named.length === 1) return named[0];
  const names = fields.slice(0, 32).map(quoted).join(', ') || 'none';
  if (named.length > 1)
    throw unexpected(`${named.length} columns are named ${quoted({ name: wanted })}`, wanted);
  if (column === undefined && fields.length === 1) return 0;
  throw unexpected(
    `no column is named ${quoted({ name: wanted })}; columns are ${names}: the option \`column\` says which one holds ${modality}`,
    wanted,
  );
}

function clipEncoding({ name, type, children }: Field, asked: string | undefined): string | undefined {
  if (ofBytes.slice(2).includes(type.name)) return asked ?? 'container';
  if (!ofLists.includes(type.name)) return undefined;
  // A batch could have any number of rows that take no bytes.
  if (type.name === 'fixed_size_list' && numberIn(type, 0) === 0)
    throw unexpected(`column ${quoted({ name })} holds lists of 0 samples; expected 1 or more in each`, name);
  const encoding = sampleEncodings[typeText(children[0].type)];
  if (encoding === undefined || (asked !== undefined && asked !== encoding)) return undefined;
  return encoding;
}

function columnType({ type, children }: Field): string {
  const [child] = children;
  return child ? `${typeText(type)} of ${typeText(child.type)}` : typeText(type);
}

/** Of samples without a rate, that of the model. */
export function withRate(item: Item, sampleRateHz: number | undefined): Item {
  if (!('format' in item) || item.format?.encoding === 'container' || item.format?.sampleRateHz) return item;
  return { ...item, format: { ...item.format, sampleRateHz } };
}

/** The bytes of a row's content, a view of the message; undefined where it is null. Throws ARROW_MALFORMED or COLUMN_UNEXPECTED. */
export function contentBytes(column: Column, row: number): Uint8Array | undefined {
  if (isNull(column, row)) return undefined;
  const { layout } = column;
  if (layout.kind === 'fixed-list')
    return samplesIn(column.children[0], row * layout.size, (row + 1) * layout.size);
  const [first, last] = rangeOf(column, row, row + 1);
  if (layout.kind === 'list') return samplesIn(column.children[0], first, last);
  return column.data.subarray(first, last);
}

function samplesIn(column: Column, from: number, to: number): Uint8Array {
  const { layout, data, nulls } = column;
  if (nulls > 0) throw unexpected('lists of samples hold nulls', 'audio');
  if (layout.kind !== 'fixed') throw new TriptychError('INTERNAL', 'samples lie in no buffer of numbers');
  return data.subarray(from * layout.bytes, to * layout.bytes);
}

export function unexpected(message: string, column: string): TriptychError {
  return new TriptychError('COLUMN_UNEXPECTED', message, { field: `columns.${column.slice(0, 64)}` });
}
