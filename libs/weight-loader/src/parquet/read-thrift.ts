/** A value of a decoded struct. Strings are bytes; integers that are no safe ones are refused. */
export type ThriftField = number | boolean | Uint8Array | ThriftFields | readonly ThriftField[];
/** A decoded struct: its fields by their ids. */
export type ThriftFields = ReadonlyMap<number, ThriftField>;

const TRUE = 1;
const FALSE = 2;
const BYTE = 3;
const I16 = 4;
const I32 = 5;
const I64 = 6;
const DOUBLE = 7;
const BINARY = 8;
const LIST = 9;
const SET = 10;
const STRUCT = 12;
const STOP = 0;
const LONG_LIST = 15;
const DOUBLE_BYTES = 8;
/** Parquet's structs are nested half as deep. */
const DEEPEST = 16;

/**
 * Decodes a struct of Thrift's compact protocol, which Parquet's footers and page headers are written in, and says where it ends. The result
 * takes memory in proportion to the bytes, whatever they claim. Throws a RangeError for bytes that are no such struct.
 */
export function decodeThrift(
  bytes: Uint8Array,
  at = 0,
): { readonly fields: ThriftFields; readonly end: number } {
  const input = new Input(bytes, at);
  const fields = readStruct(input, 0);
  return { fields, end: input.at };
}

class Input {
  constructor(
    private readonly bytes: Uint8Array,
    public at: number,
  ) {}

  get left(): number {
    return this.bytes.byteLength - this.at;
  }

  byte(): number {
    if (this.left < 1) throw malformed('ends within a struct');
    return this.bytes[this.at++];
  }

  /** Unsigned LEB128. */
  varint(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 0x80) {
      const byte = this.byte();
      value += (byte & 0x7f) * factor;
      if (!Number.isSafeInteger(value)) throw malformed('has an integer that is too large');
      if (byte < 0x80) return value;
    }
  }

  /** Zigzag: even numbers are their halves, odd ones count down from −1. */
  integer(): number {
    const value = this.varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  binary(length: number): Uint8Array {
    if (length > this.left) throw malformed('ends within a string');
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }
}

function readStruct(input: Input, depth: number): ThriftFields {
  if (depth > DEEPEST) throw malformed('is nested too deep');
  const fields = new Map<number, ThriftField>();
  let id = 0;
  for (;;) {
    const head = input.byte();
    if (head === STOP) return fields;
    id = head >> 4 === 0 ? input.integer() : id + (head >> 4);
    const type = head & 0x0f;
    // In a struct a boolean is its type.
    fields.set(id, type === TRUE || type === FALSE ? type === TRUE : readValue(input, type, depth));
  }
}

function readValue(input: Input, type: number, depth: number): ThriftField {
  switch (type) {
    case TRUE:
    case FALSE:
      return input.byte() === TRUE;
    case BYTE:
      return (input.byte() << 24) >> 24;
    case I16:
    case I32:
    case I64:
      return input.integer();
    case DOUBLE:
      return input.binary(DOUBLE_BYTES);
    case BINARY:
      return input.binary(input.varint());
    case LIST:
    case SET:
      return readList(input, depth + 1);
    case STRUCT:
      return readStruct(input, depth + 1);
    default:
      throw malformed(`has a value of type ${type}`);
  }
}

function readList(input: Input, depth: number): ThriftField[] {
  if (depth > DEEPEST) throw malformed('is nested too deep');
  const head = input.byte();
  const length = head >> 4 === LONG_LIST ? input.varint() : head >> 4;
  // Each value takes a byte or more.
  if (length > input.left) throw malformed('ends within a list');
  return Array.from({ length }, () => readValue(input, head & 0x0f, depth));
}

function malformed(what: string): RangeError {
  return new RangeError(`a Thrift struct ${what}`);
}
