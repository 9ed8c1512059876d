/** A value of a Thrift struct's field. Every integer that a weights file needs is zero or more. */
export type ThriftValue =
  | { readonly i32: number }
  | { readonly i64: number }
  | { readonly text: string }
  | { readonly struct: ThriftStruct }
  | { readonly list: readonly ThriftValue[] };

/** A struct's fields by their ids, ascending. */
export type ThriftStruct = readonly (readonly [id: number, value: ThriftValue])[];

const I32 = 5;
const I64 = 6;
const BINARY = 8;
const LIST = 9;
const STRUCT = 12;
const STOP = 0;
/** A list of this length or more has its length after its header. */
const LONG_LIST = 15;

/** Encodes a struct in Thrift's compact protocol, which Parquet's footers and page headers are written in. */
export function encodeThrift(struct: ThriftStruct): Buffer {
  const out = new Output();
  writeStruct(out, struct);
  return out.bytes();
}

const FIRST_BYTES = 256;
/** Of an integer of up to 64 bits. */
const LONGEST_VARINT = 10;

/** Bytes that grow. */
class Output {
  #buffer = Buffer.allocUnsafe(FIRST_BYTES);
  #length = 0;

  byte(value: number): void {
    this.#reserve(1);
    this.#buffer[this.#length++] = value;
  }

  /** Unsigned LEB128. */
  varint(value: number): void {
    this.#reserve(LONGEST_VARINT);
    let rest = value;
    for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) this.#buffer[this.#length++] = (rest % 0x80) | 0x80;
    this.#buffer[this.#length++] = rest;
  }

  text(value: string): void {
    const byteLength = Buffer.byteLength(value);
    this.varint(byteLength);
    this.#reserve(byteLength);
    this.#length += this.#buffer.write(value, this.#length);
  }

  bytes(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#buffer.byteLength) return;
    const larger = Buffer.allocUnsafe(2 * (this.#length + more));
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#buffer = larger;
  }
}

function writeStruct(out: Output, struct: ThriftStruct): void {
  let previous = 0;
  for (const [id, value] of struct) {
    // Ids of Parquet's structs are at most 15 apart.
    out.byte(((id - previous) << 4) | typeOf(value));
    writeValue(out, value);
    previous = id;
  }
  out.byte(STOP);
}

function writeValue(out: Output, value: ThriftValue): void {
  // An integer is zigzag-encoded: twice itself, where it is not negative.
  if ('i32' in value) out.varint(2 * value.i32);
  else if ('i64' in value) out.varint(2 * value.i64);
  else if ('text' in value) out.text(value.text);
  else if ('struct' in value) writeStruct(out, value.struct);
  else {
    const { list } = value;
    const type = list.length === 0 ? STRUCT : typeOf(list[0]);
    out.byte((Math.min(list.length, LONG_LIST) << 4) | type);
    if (list.length >= LONG_LIST) out.varint(list.length);
    for (const element of list) writeValue(out, element);
  }
}

function typeOf(value: ThriftValue): number {
  if ('i32' in value) return I32;
  if ('i64' in value) return I64;
  if ('text' in value) return BINARY;
  return 'struct' in value ? STRUCT : LIST;
}
