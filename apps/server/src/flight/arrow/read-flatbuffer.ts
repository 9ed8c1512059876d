import { malformed } from './refusals.js';

/** Tables and strings that one message may hold: a schema of a thousand fields has some thousands. */
const MOST_TABLES = 16 * 1024;
const MOST_STRING_BYTES = 1024 * 1024;

/** A flatbuffer that somebody sent. Every read is checked, and what is read of it in all is bounded. */
class Flatbuffer {
  readonly #view: DataView;
  #tables = 0;
  #stringBytes = 0;

  constructor(private readonly bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get length(): number {
    return this.bytes.length;
  }

  u8(at: number): number {
    return this.#view.getUint8(this.#checked(at, 1));
  }

  u16(at: number): number {
    return this.#view.getUint16(this.#checked(at, 2), true);
  }

  i16(at: number): number {
    return this.#view.getInt16(this.#checked(at, 2), true);
  }

  u32(at: number): number {
    return this.#view.getUint32(this.#checked(at, 4), true);
  }

  i32(at: number): number {
    return this.#view.getInt32(this.#checked(at, 4), true);
  }

  /** Nothing here counts beyond ±2^53: that is malformed. */
  i64(at: number): number {
    const value = Number(this.#view.getBigInt64(this.#checked(at, 8), true));
    if (!Number.isSafeInteger(value)) throw malformed(`a number beyond ±2^53 at byte ${at}`);
    return value;
  }

  /** Where what is pointed to at `at` begins. */
  target(at: number): number {
    return at + this.u32(at);
  }

  string(at: number): string {
    const length = this.u32(at);
    this.#stringBytes += length;
    if (at + 4 + length > this.length) throw malformed(`a string of ${length} bytes at byte ${at}`);
    if (this.#stringBytes > MOST_STRING_BYTES)
      throw malformed(`strings of more than ${MOST_STRING_BYTES} bytes in all`);
    return Buffer.from(this.bytes.buffer, this.bytes.byteOffset + at + 4, length).toString();
  }

  /** Where the elements of a vector begin, and how many there are. */
  vector(at: number, elementBytes: number): { readonly start: number; readonly count: number } {
    const count = this.u32(at);
    const start = at + 4;
    if (start + count * elementBytes > this.length)
      throw malformed(`a list of ${count} elements at byte ${at}`);
    if (count > 0) this.#checkAligned(start, Math.min(elementBytes, 8));
    return { start, count };
  }

  countTable(): void {
    if (++this.#tables > MOST_TABLES) throw malformed(`more than ${MOST_TABLES} tables`);
  }

  #checked(at: number, bytes: number): number {
    if (at < 0 || at + bytes > this.length)
      throw malformed(`an offset to byte ${at}; its ${this.length} bytes end before`);
    this.#checkAligned(at, bytes);
    return at;
  }

  #checkAligned(at: number, bytes: number): void {
    if (at % bytes !== 0) throw malformed(`${bytes}-byte values at byte ${at}, where none can be aligned`);
  }
}

/** A table of a flatbuffer, whose fields are known by their slots. What is absent has its default. Every read may throw ARROW_MALFORMED. */
export class Table {
  readonly #vtable: number;
  readonly #slots: number;
  readonly #length: number;

  constructor(
    private readonly buffer: Flatbuffer,
    private readonly at: number,
  ) {
    buffer.countTable();
    this.#vtable = at - buffer.i32(at);
    const bytes = buffer.u16(this.#vtable);
    this.#slots = (bytes >> 1) - 2;
    this.#length = buffer.u16(this.#vtable + 2);
    if (bytes % 2 !== 0 || bytes < 4 || this.#length < 4 || at + this.#length > buffer.length)
      throw malformed(`a table at byte ${at} whose layout is none`);
  }

  bool(slot: number): boolean {
    return this.u8(slot) !== 0;
  }

  u8(slot: number): number {
    const at = this.#field(slot, 1);
    return at === undefined ? 0 : this.buffer.u8(at);
  }

  i16(slot: number, absent = 0): number {
    const at = this.#field(slot, 2);
    return at === undefined ? absent : this.buffer.i16(at);
  }

  i32(slot: number, absent = 0): number {
    const at = this.#field(slot, 4);
    return at === undefined ? absent : this.buffer.i32(at);
  }

  i64(slot: number): number {
    const at = this.#field(slot, 8);
    return at === undefined ? 0 : this.buffer.i64(at);
  }

  string(slot: number): string | undefined {
    const at = this.#target(slot);
    return at === undefined ? undefined : this.buffer.string(at);
  }

  table(slot: number): Table | undefined {
    const at = this.#target(slot);
    return at === undefined ? undefined : new Table(this.buffer, at);
  }

  /** At most `most`. */
  tables(slot: number, most: number): Table[] {
    const at = this.#target(slot);
    if (at === undefined) return [];
    const { start, count } = this.buffer.vector(at, 4);
    if (count > most) throw malformed(`a list of ${count} tables; expected at most ${most}`);
    return Array.from({ length: count }, (_, i) => new Table(this.buffer, this.buffer.target(start + 4 * i)));
  }

  /** The 64-bit numbers of a list of structs of `words` each. */
  words(slot: number, words: number): number[] {
    const at = this.#target(slot);
    if (at === undefined) return [];
    const { start, count } = this.buffer.vector(at, 8 * words);
    return Array.from({ length: count * words }, (_, i) => this.buffer.i64(start + 8 * i));
  }

  #target(slot: number): number | undefined {
    const at = this.#field(slot, 4);
    return at === undefined ? undefined : this.buffer.target(at);
  }

  #field(slot: number, bytes: number): number | undefined {
    if (slot >= this.#slots) return undefined;
    const offset = this.buffer.u16(this.#vtable + 4 + 2 * slot);
    if (offset === 0) return undefined;
    if (offset + bytes > this.#length)
      throw malformed(`a field at byte ${this.at + offset}, behind its table`);
    return this.at + offset;
  }
}

/** The table that a flatbuffer begins with. Throws ARROW_MALFORMED. */
export function rootTable(bytes: Uint8Array): Table {
  const buffer = new Flatbuffer(bytes);
  return new Table(buffer, buffer.target(0));
}
