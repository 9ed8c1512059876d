import { TriptychError } from '@triptych/core';
import { FIXED32, FIXED64, LENGTH, START_GROUP, VARINT, WireReader } from './wire-reader.js';

/** What may stand in one field of a message. */
export interface FieldShape {
  /** As errors name it: `clips`. */
  readonly name: string;
  readonly wireType: number;
  /** The message that it holds. */
  readonly message?: MessageShape;
  /** Most elements, where it is repeated. */
  readonly most?: number;
  /** Most bytes, where it is answered as it came. */
  readonly longest?: number;
  /** How an element is written where elements may share one field: the wire type of a number. */
  readonly packed?: number;
}

/** What may stand in a message, by field number. */
export interface MessageShape {
  readonly fields: ReadonlyMap<number, FieldShape>;
}

/**
 * What a request may look like on the wire. {@link check} walks its bytes and makes no objects: a kilobyte that decompresses to
 * eight million empty items costs a microsecond, where its objects would take the process's memory.
 */
export class RequestShape {
  /** Fields of any kind, known or not, that a request may hold. */
  readonly mostFields: number;

  constructor(private readonly shape: MessageShape) {
    this.mostFields = SPARE_FIELDS + 2 * fieldsOf(shape);
  }

  /**
   * Throws BATCH_TOO_LARGE where a field has more elements than it may, ID_TOO_LONG where an id has more bytes, and
   * MESSAGE_MALFORMED where the bytes are no message, or one of more fields than any request needs. The parser reads what passes just as it was read here.
   */
  check(bytes: Uint8Array): void {
    const walk: Walk = { reader: new WireReader(bytes), fieldsLeft: this.mostFields, path: [] };
    try {
      walkMessage(walk, this.shape, bytes.length);
    } catch (thrown) {
      if (thrown instanceof RangeError)
        throw malformed(`byte ${walk.reader.at} of ${bytes.length}: ${thrown.message}`);
      throw thrown;
    }
    if (walk.fieldsLeft < 0) throw malformed(`it holds more than ${this.mostFields} fields`);
  }
}

/** Room for fields that a newer client knows and this server does not. */
const SPARE_FIELDS = 1000;

interface Walk {
  readonly reader: WireReader;
  fieldsLeft: number;
  /** Names of the fields that it is in: `queries[2]`. */
  readonly path: string[];
}

/** Fields of a message that is as full as it may be. */
function fieldsOf({ fields }: MessageShape): number {
  let sum = 0;
  for (const { message, most = 1 } of fields.values()) sum += most * (1 + (message ? fieldsOf(message) : 0));
  return sum;
}

function walkMessage(walk: Walk, shape: MessageShape, end: number): void {
  const { reader, path } = walk;
  let counts: Map<FieldShape, number> | undefined;
  while (reader.at < end) {
    if (--walk.fieldsLeft < 0) return;
    const tag = reader.varint();
    const wireType = tag & 7;
    const field = shape.fields.get(tag >>> 3);
    if (!field) {
      skipUnknown(walk, tag, end);
      continue;
    }
    const isPacked = field.packed !== undefined && wireType === LENGTH;
    if (wireType !== field.wireType && !isPacked) {
      const name = [...path, field.name].join('.');
      throw malformed(`${name} has wire type ${wireType}; expected ${field.wireType}`);
    }
    const from = reader.at;
    let elements = 1;
    if (wireType !== LENGTH) reader.skip(wireType, end);
    else {
      const next = reader.block(end);
      checkLength(walk, field, next - reader.at);
      if (isPacked) elements = reader.elements(field.packed, next, field.most! + 1);
      else if (field.message) {
        const before = field.most === undefined ? undefined : (counts?.get(field) ?? 0);
        path.push(before === undefined ? field.name : `${field.name}[${before}]`);
        walkMessage(walk, field.message, next);
        path.pop();
        if (walk.fieldsLeft < 0) return;
      }
      reader.at = next;
    }
    if (field.most === undefined) continue;
    counts ??= new Map();
    const count = (counts.get(field) ?? 0) + elements;
    if (count > field.most) {
      reader.at = from;
      const name = [...path, field.name].join('.');
      const message = `more than ${field.most} ${name} in one call; expected at most ${field.most}`;
      throw new TriptychError('BATCH_TOO_LARGE', message, { field: name });
    }
    counts.set(field, count);
  }
}

function checkLength({ path }: Walk, { name, longest = Infinity }: FieldShape, bytes: number): void {
  if (bytes <= longest) return;
  const field = [...path, name].join('.');
  const message = `${field} has ${bytes} bytes; expected at most ${longest}`;
  throw new TriptychError('ID_TOO_LONG', message, { field });
}

/** Passes over a field that this server does not know; the fields of a group count, too. */
function skipUnknown(walk: Walk, tag: number, end: number): void {
  const { reader } = walk;
  if (tag >>> 3 === 0) throw malformed('it has a field of number 0');
  const wireType = tag & 7;
  if (wireType === START_GROUP) throw malformed(`field ${tag >>> 3} is a group`);
  if (wireType === LENGTH) reader.at = reader.block(end);
  else if (wireType === VARINT || wireType === FIXED32 || wireType === FIXED64) reader.skip(wireType, end);
  else throw malformed(`field ${tag >>> 3} has wire type ${wireType}, which there is not`);
}

function malformed(what: string): TriptychError {
  return new TriptychError('MESSAGE_MALFORMED', `the message cannot be decoded (${what})`);
}
