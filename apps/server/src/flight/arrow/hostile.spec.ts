import { describe, expect, it } from 'vitest';
import type { Command } from '../command.js';
import { findContent } from '../content.js';
import { readBatch } from './batch.js';
import type { Layout } from './layout.js';
import { batchMessage, readMessageHeader, schemaMessage } from './message.js';
import { type Field, readSchema, type Schema } from './schema.js';
import { BodyWriter } from './slice.js';

const leaf = (name: string): Field => ({
  name,
  nullable: true,
  type: { name: 'utf8', parameters: [] },
  children: [],
  metadata: [],
});
const nested = (depth: number): Field =>
  depth === 0
    ? leaf('x')
    : { ...leaf('s'), type: { name: 'struct', parameters: [] }, children: [nested(depth - 1)] };
const schemaOf = (bytes: Uint8Array) => readSchema(readMessageHeader(bytes, 0).header);
const write = (fields: readonly Field[]) => schemaMessage({ fields, metadata: [['k', 'v']] });
const audio = { modality: 'audio' } as Command;
const texts: Layout = { kind: 'bytes', offsetBytes: 4 };

describe('a schema', () => {
  it('is read as it was written', () => {
    const schema: Schema = { fields: [leaf('a'), nested(3)], metadata: [['k', 'v']] };
    expect(schemaOf(schemaMessage(schema))).toEqual(schema);
  });

  it('of too many fields, or that lie too deep, is refused', () => {
    const many = Array.from({ length: 1025 }, () => leaf('a'));
    expect(() => schemaOf(write(many))).toThrow(/a list of 1025 tables/);
    expect(() => schemaOf(write([nested(20)]))).toThrow(/more than 16 deep/);
  });

  it('with any number changed is read, or refused as malformed', () => {
    const whole = write([leaf('a'), nested(2)]);
    for (let at = 0; at + 4 <= whole.length; at += 4) {
      for (const number of [0, 1, 4, 255, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1]) {
        const changed = Buffer.from(whole);
        changed.writeUInt32LE(number, at);
        try {
          schemaOf(changed);
        } catch (thrown) {
          expect((thrown as { reason?: string }).reason).toMatch(/^ARROW_(MALFORMED|UNSUPPORTED)$/);
        }
      }
    }
  });
});

it('a column of lists of no samples is refused: its rows would take no bytes', () => {
  const float32: Field = { ...leaf('item'), type: { name: 'float', parameters: [1] } };
  const lists = (size: number): Field => ({
    ...leaf('audio'),
    type: { name: 'fixed_size_list', parameters: [size] },
    children: [float32],
  });
  const find = (size: number) => findContent({ fields: [lists(size)], metadata: [] }, audio);
  expect(find(1).index).toBe(0);
  expect(() => find(0)).toThrow(/"audio" holds lists of 0 samples/);
});

describe('a batch', () => {
  const batch = (rows: number, buffers: readonly number[], bytes: number) => {
    const writer = new BodyWriter();
    writer.node(rows, 0);
    writer.buffers.push(...buffers);
    const { header } = readMessageHeader(batchMessage(rows, writer, bytes), bytes);
    return readBatch(header, new Uint8Array(bytes), [texts]);
  };

  it('has its columns in its body', () => {
    expect(batch(3, [0, 0, 0, 16, 16, 8], 24).columns[0].offsets).toHaveLength(16);
  });

  it('of more rows than its body has bytes for is refused', () => {
    expect(() => batch(2 ** 40, [0, 0, 0, 16, 16, 8], 24)).toThrow(/a buffer of 16 bytes of offsets/);
  });

  it('with buffers outside of its body, over each other or out of line is refused', () => {
    expect(() => batch(3, [0, 0, 0, 16, 16, 80], 24)).toThrow(/a buffer of 80 bytes at 16/);
    expect(() => batch(3, [0, 0, 0, 16, 0, 24], 24)).toThrow(/over each other/);
    expect(() => batch(3, [0, 0, 4, 16, 16, 8], 24)).toThrow(/8 does not divide/);
    expect(() => batch(3, [0, 0, 0, 16], 24)).toThrow(/the schema asks for more/);
    expect(() => batch(3, [0, 0, 0, 16, 16, 8, 0, 0], 24)).toThrow(/the schema asks for 1 and 3/);
  });
});
