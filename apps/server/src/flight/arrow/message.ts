import type { BodyWriter } from './slice.js';
import { rootTable, type Table } from './read-flatbuffer.js';
import { malformed } from './refusals.js';
import { type Schema, schemaFields } from './schema.js';
import { type Fields, writeFlatbuffer } from './write-flatbuffer.js';

/** Longest header that is looked at: one of a thousand columns has a tenth of it. */
const MOST_HEADER_BYTES = 1024 * 1024;

/** Of the format: MetadataVersion and MessageHeader of Message.fbs. */
const [V4, V5] = [3, 4];
const kinds = { schema: 1, dictionary: 2, batch: 3 } as const;

export type MessageKind = keyof typeof kinds;

/** What a message of the format is, by its flatbuffer. */
export interface ArrowMessage {
  readonly kind: MessageKind;
  readonly header: Table;
}

/** Throws ARROW_MALFORMED. */
export function readMessageHeader(bytes: Uint8Array, bodyBytes: number): ArrowMessage {
  if (bytes.length > MOST_HEADER_BYTES)
    throw malformed(`a header of ${bytes.length} bytes; expected at most ${MOST_HEADER_BYTES}`);
  const message = rootTable(bytes);
  const version = message.i16(0);
  if (version !== V4 && version !== V5) throw malformed(`version ${version} of the format; expected 4 or 5`);
  const number = message.u8(1);
  const kind = (Object.keys(kinds) as MessageKind[]).find((one) => kinds[one] === number);
  const header = message.table(2);
  if (!kind || !header) throw malformed(`a header of kind ${number}; expected a schema or a batch`);
  const length = message.i64(3);
  if (length < 0 || length > bodyBytes)
    throw malformed(`a body of ${length} bytes; ${bodyBytes} came with it`);
  return { kind, header };
}

/** A header without what encapsulates it, as Flight sends it. */
export function schemaMessage(schema: Schema): Buffer {
  return messageOf('schema', schemaFields(schema), 0);
}

/** The header of a batch whose body is written. */
export function batchMessage(rows: number, { nodes, buffers }: BodyWriter, bodyBytes: number): Buffer {
  const fields: Fields = [
    { kind: 'i64', value: rows },
    { kind: 'words', values: nodes, words: 2 },
    { kind: 'words', values: buffers, words: 2 },
  ];
  return messageOf('batch', fields, bodyBytes);
}

function messageOf(kind: MessageKind, fields: Fields, bodyBytes: number): Buffer {
  return writeFlatbuffer([
    { kind: 'i16', value: V5 },
    { kind: 'u8', value: kinds[kind] },
    { kind: 'table', fields },
    { kind: 'i64', value: bodyBytes },
  ]);
}

/** A message with the mark and the length that stand before it in a stream or a file. */
export function encapsulated(header: Buffer): Buffer {
  const prefix = Buffer.alloc(8, 255);
  prefix.writeInt32LE(header.length, 4);
  return Buffer.concat([prefix, header]);
}
