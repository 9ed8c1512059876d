import { isCount } from '../numbers/is-count.js';
import type { WorkerAnswer } from './messages.js';

/** The longest answer of a worker's process. */
export interface AnswerLimits {
  /** Of all but its typed arrays, as JSON. */
  readonly headBytes: number;
  /** Of its typed arrays together. */
  readonly arrayBytes: number;
}

const arrayTypes = {
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
} as const;
type ArrayType = keyof typeof arrayTypes;

/** An array begins at a multiple of this many bytes, where any type may. */
const ALIGNMENT = 8;
/** Before the arrays: how long the head is, in the first four of these bytes. */
const PREAMBLE_BYTES = 8;

/** What stands in the head for an array: its type, where it begins behind the preamble, and how many numbers it has. */
const ARRAY = '$array';
/** What stands there for a number that JSON has not. */
const NUMBER = '$number';

/** The most bytes of an answer. */
export function mostBytes({ headBytes, arrayBytes }: AnswerLimits): number {
  return PREAMBLE_BYTES + headBytes + arrayBytes;
}

/**
 * An answer as bytes: the preamble, typed arrays, and a head of JSON, in which places stand for them. A copy, for its arrays may be used
 * again before a pipe has taken it. Throws TypeError for what such an answer cannot have: it is of plain objects, arrays, typed arrays,
 * strings, numbers, booleans and null; properties that are undefined are left out.
 */
export function writeAnswer(answer: WorkerAnswer): Buffer<ArrayBuffer> {
  const pieces: Uint8Array[] = [];
  let end = 0;
  const placed = (array: ArrayBufferView) => {
    const type = Object.prototype.toString.call(array).slice('[object '.length, -1);
    if (!isArrayType(type)) throw new TypeError(`a worker cannot answer with a ${type}`);
    const { buffer, byteOffset, byteLength } = array;
    const padding = -byteLength & (ALIGNMENT - 1);
    pieces.push(new Uint8Array(buffer, byteOffset, byteLength), new Uint8Array(padding));
    const place = { [ARRAY]: [type, end, byteLength / arrayTypes[type].BYTES_PER_ELEMENT] };
    end += byteLength + padding;
    return place;
  };
  const withPlaces = (value: unknown): unknown => {
    if (typeof value === 'number' && !Number.isFinite(value)) return { [NUMBER]: String(value) };
    if (['function', 'symbol', 'bigint'].includes(typeof value))
      throw new TypeError(`a worker cannot answer with a ${typeof value}`);
    if (typeof value !== 'object' || value === null) return value;
    if (ArrayBuffer.isView(value)) return placed(value);
    if (Array.isArray(value)) return value.map(withPlaces);
    if (Object.getPrototypeOf(value) !== Object.prototype)
      throw new TypeError(`a worker cannot answer with ${Object.prototype.toString.call(value)}`);
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withPlaces(one)]));
  };
  const head = Buffer.from(JSON.stringify(withPlaces(answer)));
  const preamble = Buffer.alloc(PREAMBLE_BYTES);
  preamble.writeUInt32LE(head.length);
  return Buffer.concat([preamble, ...pieces, head]);
}

/**
 * What {@link writeAnswer} was given. A stranger's bytes may give any value, in memory of some thirty times the head's. Arrays lie in the
 * frame's buffer. Throws for what is longer than may be, or no answer.
 */
export function readAnswer(frame: Buffer<ArrayBuffer>, { headBytes, arrayBytes }: AnswerLimits): unknown {
  const length = frame.readUInt32LE();
  const headAt = frame.length - length;
  const arrays = frame.subarray(PREAMBLE_BYTES, Math.max(headAt, PREAMBLE_BYTES));
  if (headAt < PREAMBLE_BYTES || length > headBytes || arrays.length > arrayBytes)
    throw new RangeError(`an answer of ${length} bytes and arrays of ${arrays.length}`);
  const head = frame.toString('utf8', headAt);
  const value: unknown = JSON.parse(head);
  return head.includes('"$') ? withArrays(value, arrays) : value;
}

/** Puts what places stand for in their stead. */
function withArrays(value: unknown, arrays: Buffer<ArrayBuffer>): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (NUMBER in value) return Number(value[NUMBER]);
  if (ARRAY in value) return arrayAt(value[ARRAY], arrays);
  const all = value as Record<string, unknown>;
  for (const [key, one] of Object.entries(all)) all[key] = withArrays(one, arrays);
  return value;
}

/** Throws where there is none. */
function arrayAt(place: unknown, { buffer, byteOffset, byteLength }: Buffer<ArrayBuffer>) {
  const [type, at, length] = place as readonly unknown[];
  if (!isArrayType(type) || !isCount(at) || !isCount(length)) throw new TypeError('no place of an array');
  const Type = arrayTypes[type];
  if (at + length * Type.BYTES_PER_ELEMENT > byteLength) throw new RangeError('an array beyond the answer');
  return new Type(buffer, byteOffset + at, length);
}

function isArrayType(type: unknown): type is ArrayType {
  return typeof type === 'string' && Object.hasOwn(arrayTypes, type);
}
