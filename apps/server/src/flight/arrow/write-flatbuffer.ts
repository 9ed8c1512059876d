/** A value of a table's field. */
export type Value =
  | { readonly kind: 'bool' | 'u8' | 'i16' | 'i32' | 'i64'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'table'; readonly fields: Fields }
  | { readonly kind: 'tables'; readonly items: readonly Fields[] }
  /** A list of structs of so many 64-bit numbers each. */
  | { readonly kind: 'words'; readonly values: readonly number[]; readonly words: number };

/** The fields of a table, each at its slot; undefined has the default. */
export type Fields = readonly (Value | undefined)[];

const scalarBytes: Readonly<Record<string, number>> = { bool: 1, u8: 1, i16: 2, i32: 4, i64: 8 };
const OFFSET_BYTES = 4;

const bytesOf = ({ kind }: Value) => scalarBytes[kind] ?? OFFSET_BYTES;

/** A flatbuffer of this root, of a length that 8 divides. */
export function writeFlatbuffer(root: Fields): Buffer {
  const writer = new Writer();
  const at = writer.reserve(4, 4);
  writer.point(at, writer.table(root));
  return writer.finish();
}

/** Writes forward: what a table points to comes behind it. */
class Writer {
  #bytes = Buffer.alloc(512);
  #end = 0;

  /** Where so many bytes begin, which are zero. */
  reserve(bytes: number, alignment: number, before = 0): number {
    const start = Math.ceil((this.#end + before) / alignment) * alignment;
    this.#end = start + bytes;
    while (this.#bytes.length < this.#end + 8)
      this.#bytes = Buffer.concat([this.#bytes, Buffer.alloc(this.#bytes.length)]);
    return start;
  }

  point(at: number, target: number): void {
    this.#bytes.writeUInt32LE(target - at, at);
  }

  table(fields: Fields): number {
    const vtable = this.reserve(4 + 2 * fields.length, 2);
    const given = fields.flatMap((value, slot) => (value ? [{ value, slot }] : []));
    given.sort((a, b) => bytesOf(b.value) - bytesOf(a.value));
    const offsets: number[] = [];
    let length = OFFSET_BYTES;
    for (const { value, slot } of given) {
      const bytes = bytesOf(value);
      offsets[slot] = Math.ceil(length / bytes) * bytes;
      length = offsets[slot] + bytes;
    }
    const table = this.reserve(length, 8);
    this.#bytes.writeUInt16LE(4 + 2 * fields.length, vtable);
    this.#bytes.writeUInt16LE(length, vtable + 2);
    this.#bytes.writeInt32LE(table - vtable, table);
    for (const { value, slot } of given) {
      this.#bytes.writeUInt16LE(offsets[slot], vtable + 4 + 2 * slot);
      this.#value(table + offsets[slot], value);
    }
    return table;
  }

  finish(): Buffer {
    return this.#bytes.subarray(0, Math.ceil(this.#end / 8) * 8);
  }

  #value(at: number, value: Value): void {
    switch (value.kind) {
      case 'bool':
      case 'u8':
        this.#bytes.writeUInt8(value.value, at);
        break;
      case 'i16':
        this.#bytes.writeInt16LE(value.value, at);
        break;
      case 'i32':
        this.#bytes.writeInt32LE(value.value, at);
        break;
      case 'i64':
        this.#bytes.writeBigInt64LE(BigInt(value.value), at);
        break;
      case 'string':
        this.point(at, this.#string(value.value));
        break;
      case 'table':
        this.point(at, this.table(value.fields));
        break;
      case 'tables':
        this.point(at, this.#tables(value.items));
        break;
      case 'words':
        this.point(at, this.#words(value.values, value.words));
    }
  }

  #string(text: string): number {
    const length = Buffer.byteLength(text);
    // A zero ends it.
    const start = this.reserve(4 + length + 1, 4);
    this.#bytes.writeUInt32LE(length, start);
    this.#bytes.write(text, start + 4);
    return start;
  }

  #tables(items: readonly Fields[]): number {
    const start = this.reserve(4 + OFFSET_BYTES * items.length, 4);
    this.#bytes.writeUInt32LE(items.length, start);
    items.forEach((fields, i) => {
      const at = start + 4 + OFFSET_BYTES * i;
      this.point(at, this.table(fields));
    });
    return start;
  }

  #words(values: readonly number[], words: number): number {
    const start = this.reserve(8 * values.length, 8, 4);
    this.#bytes.writeUInt32LE(values.length / words, start - 4);
    values.forEach((value, i) => this.#bytes.writeBigInt64LE(BigInt(value), start + 8 * i));
    return start - 4;
  }
}
