import { TriptychError } from '@triptych/core';
import type { EncodedItem, ItemResult, ModelStamp } from '@triptych/engine';
import type { FlightData } from '@triptych/protocol';
import { namedMessage } from '../calls/named.js';
import type { Batch } from './arrow/batch.js';
import { quoted } from './arrow/layout.js';
import { batchMessage } from './arrow/message.js';
import type { Field, Schema } from './arrow/schema.js';
import { BodyWriter, writeSlice } from './arrow/slice.js';
import type { Command } from './command.js';
import { unexpected } from './content.js';

/** What comes back of a table. */
export interface Output {
  readonly schema: Schema;
  /** Columns of the table that come back, by their places. */
  readonly carried: readonly number[];
  readonly dimensions: number;
  readonly numberBytes: 2 | 4;
}

const plain = { nullable: true, children: [], metadata: [] } as const;
const halfOrSingle = { float16: 0, float32: 1 } as const;

/** Columns that are put behind the table's. */
function addedFields(dimensions: number, numbers: Command['numbers']): Field[] {
  const item: Field = {
    ...plain,
    name: 'item',
    type: { name: 'float', parameters: [halfOrSingle[numbers]] },
  };
  return [
    {
      ...plain,
      name: 'embedding',
      type: { name: 'fixed_size_list', parameters: [dimensions] },
      children: [item],
    },
    { ...plain, name: 'error', type: { name: 'utf8', parameters: [] } },
  ];
}

/** Throws COLUMN_UNEXPECTED where a column that is to come back is none of the table's, or has the name of one that is added. */
export function planOutput(
  { fields, metadata }: Schema,
  { columns, numbers }: Pick<Command, 'columns' | 'numbers'>,
  dimensions: number,
  { model, fingerprint, space }: ModelStamp,
): Output {
  const missing = columns?.find((name) => !fields.some((field) => field.name === name));
  if (missing !== undefined)
    throw unexpected(`the table has no column ${quoted({ name: missing })} to give back`, missing);
  const carried = fields.flatMap(({ name }, i) => (columns && !columns.includes(name) ? [] : [i]));
  const added = addedFields(dimensions, numbers);
  const taken = carried.find((i) => added.some(({ name }) => name === fields[i].name));
  if (taken !== undefined)
    throw unexpected(
      `the table has a column ${quoted(fields[taken])} itself; rename it, or leave it out of \`columns\``,
      fields[taken].name,
    );
  const stamp = { 'triptych.model': model, 'triptych.fingerprint': fingerprint, 'triptych.space': space };
  const kept = metadata.filter(([key]) => !Object.hasOwn(stamp, key));
  return {
    schema: {
      fields: [...carried.map((i) => fields[i]), ...added],
      metadata: [...kept, ...Object.entries(stamp)],
    },
    carried,
    dimensions,
    numberBytes: numbers === 'float16' ? 2 : 4,
  };
}

/** Bytes that the added columns take of each row at most, where errors are as long as they may be. */
export function addedBytes({ dimensions, numberBytes }: Output): number {
  return dimensions * numberBytes + 600;
}

/** Rows of a batch that are answered together. */
export interface Rows {
  readonly batch: Batch;
  readonly from: number;
  readonly to: number;
  /** Those of them, from 0 up, that held null. */
  readonly nulls: ReadonlySet<number>;
}

/** The rows as they came, each with its vector or why it has none. `results`: of those that are not null. */
export function writeRows(
  { batch, from, to, nulls }: Rows,
  results: readonly ItemResult<EncodedItem>[],
  output: Output,
): FlightData & { readonly dataHeader: Buffer; readonly dataBody: Buffer } {
  const body = new BodyWriter();
  for (const index of output.carried) writeSlice(batch.columns[index], from, to, body);
  const count = to - from;
  const { dimensions } = output;
  const { vectors, errors } = addedValues(count, nulls, results, output);
  const failed = errors.filter((error) => error !== undefined).length;
  body.node(count, failed);
  body.buffer(failed > 0 ? bitmap(errors, (error) => error === undefined) : none);
  body.node(count * dimensions, 0);
  body.buffer(none);
  body.buffer(vectors);
  writeTexts(errors, count - failed, body);
  const dataBody = body.finish();
  return { dataHeader: batchMessage(count, body, dataBody.length), dataBody };
}

/** What the added columns hold of each row: a vector (zeros where there is none), and why there is none. */
function addedValues(
  count: number,
  nulls: ReadonlySet<number>,
  results: readonly ItemResult<EncodedItem>[],
  { dimensions, numberBytes }: Output,
): { readonly vectors: Uint8Array; readonly errors: readonly (string | undefined)[] } {
  const vectorBytes = dimensions * numberBytes;
  const vectors = Buffer.alloc(count * vectorBytes);
  let next = 0;
  const errors = Array.from({ length: count }, (_, row) => {
    if (nulls.has(row)) return 'ROW_NULL: the row holds null where there should be content';
    const result = results[next++];
    if ('error' in result) return namedMessage(result.error);
    const { bytes } = result.embedding;
    if (bytes.length !== vectorBytes)
      throw new TriptychError('INTERNAL', `a vector has ${bytes.length} bytes; expected ${vectorBytes}`);
    vectors.set(bytes, row * vectorBytes);
    return undefined;
  });
  return { vectors, errors };
}

const none = new Uint8Array(0);

function writeTexts(texts: readonly (string | undefined)[], nulls: number, body: BodyWriter): void {
  const data = texts.map((text) => (text === undefined ? none : Buffer.from(text)));
  const offsets = new Int32Array(texts.length + 1);
  data.forEach((bytes, i) => (offsets[i + 1] = offsets[i] + bytes.length));
  body.node(texts.length, nulls);
  body.buffer(nulls > 0 ? bitmap(texts, (text) => text !== undefined) : none);
  body.buffer(new Uint8Array(offsets.buffer));
  body.buffer(nulls < texts.length ? Buffer.concat(data) : none);
}

function bitmap<T>(values: readonly T[], isSet: (value: T) => boolean): Uint8Array {
  const bits = new Uint8Array(Math.ceil(values.length / 8));
  values.forEach((value, i) => {
    if (isSet(value)) bits[i >> 3] |= 1 << (i & 7);
  });
  return bits;
}
