import type { Table } from './read-flatbuffer.js';
import { malformed, unsupported } from './refusals.js';
import { type ArrowType, readType, writeType } from './types.js';
import type { Fields, Value } from './write-flatbuffer.js';

/** Fields of a schema, those within others included, and how deep they may lie. */
const MOST_FIELDS = 1024;
const MOST_DEPTH = 16;
/** Names with values beside a schema, or a field. */
const MOST_METADATA = 256;

export type Metadata = readonly (readonly [key: string, value: string])[];

/** A column of a table, or what lies within one. */
export interface Field {
  readonly name: string;
  readonly nullable: boolean;
  readonly type: ArrowType;
  readonly children: readonly Field[];
  readonly metadata: Metadata;
}

/** The columns of a table. */
export interface Schema {
  readonly fields: readonly Field[];
  readonly metadata: Metadata;
}

/**
 * Throws ARROW_MALFORMED where it is none, or has more fields, or lies deeper, than this server reads; and ARROW_UNSUPPORTED where its numbers are
 * big-endian or a column is encoded by a dictionary.
 */
export function readSchema(table: Table): Schema {
  if (table.i16(0) !== 0) throw unsupported('numbers are big-endian; send them little-endian');
  const count = { fields: 0 };
  const fields = table.tables(1, MOST_FIELDS).map((field) => readField(field, count, 1));
  return { fields, metadata: readMetadata(table, 2) };
}

function readField(table: Table, count: { fields: number }, depth: number): Field {
  if (++count.fields > MOST_FIELDS) throw malformed(`more than ${MOST_FIELDS} fields`);
  if (depth > MOST_DEPTH) throw malformed(`fields that lie more than ${MOST_DEPTH} deep`);
  const name = table.string(0) ?? '';
  const type = table.table(3);
  if (!type) throw malformed(`a field ${JSON.stringify(name.slice(0, 64))} without a type`);
  if (table.table(4))
    throw unsupported(
      `column ${JSON.stringify(name.slice(0, 64))} is encoded by a dictionary; send its values (in pyarrow, dictionary_decode())`,
    );
  return {
    name,
    nullable: table.bool(1),
    type: readType(table.u8(2), type),
    children: table.tables(5, MOST_FIELDS).map((child) => readField(child, count, depth + 1)),
    metadata: readMetadata(table, 6),
  };
}

function readMetadata(table: Table, slot: number): Metadata {
  return table.tables(slot, MOST_METADATA).map((pair) => [pair.string(0) ?? '', pair.string(1) ?? '']);
}

/** The table of a schema. */
export function schemaFields({ fields, metadata }: Schema): Fields {
  return [
    { kind: 'i16', value: 0 },
    { kind: 'tables', items: fields.map(fieldFields) },
    ...(metadata.length > 0 ? [metadataValue(metadata)] : []),
  ];
}

function fieldFields({ name, nullable, type, children, metadata }: Field): Fields {
  const { number, fields } = writeType(type);
  return [
    { kind: 'string', value: name },
    { kind: 'bool', value: Number(nullable) },
    { kind: 'u8', value: number },
    { kind: 'table', fields },
    undefined,
    { kind: 'tables', items: children.map(fieldFields) },
    ...(metadata.length > 0 ? [metadataValue(metadata)] : []),
  ];
}

function metadataValue(metadata: Metadata): Value {
  return {
    kind: 'tables',
    items: metadata.map(([key, value]): Fields => [
      { kind: 'string', value: key },
      { kind: 'string', value },
    ]),
  };
}
