import type { Column } from './batch.js';
import { malformed } from './refusals.js';

const PADDING = 8;

/** The body of a batch that is written: its buffers, one behind the other, each padded to 8 bytes. */
export class BodyWriter {
  /** Values and nulls of each field. */
  readonly nodes: number[] = [];
  /** Where each buffer lies, and its length. */
  readonly buffers: number[] = [];
  readonly #parts: Uint8Array[] = [];
  #length = 0;

  node(length: number, nulls: number): void {
    this.nodes.push(length, nulls);
  }

  buffer(bytes: Uint8Array): void {
    this.buffers.push(this.#length, bytes.length);
    this.#parts.push(bytes);
    const over = bytes.length % PADDING;
    if (over > 0) this.#parts.push(zeros.subarray(over));
    this.#length += bytes.length + (over > 0 ? PADDING - over : 0);
  }

  finish(): Buffer {
    return Buffer.concat(this.#parts, this.#length);
  }
}

const zeros = new Uint8Array(PADDING);
const none = new Uint8Array(0);

/** The value of an offset, of which there is one more than values. Throws ARROW_MALFORMED where it lies outside of what it points into. */
function offsetAt(column: Column, index: number): number {
  const { layout, offsets, length } = column;
  if (length === 0 || (layout.kind !== 'bytes' && layout.kind !== 'list')) return 0;
  const view = viewOf(offsets);
  const value =
    layout.offsetBytes === 4 ? view.getInt32(4 * index, true) : Number(view.getBigInt64(8 * index, true));
  const most = layout.kind === 'bytes' ? column.data.length : column.children[0].length;
  if (value < 0 || value > most) throw malformed(`an offset ${value}; expected one from 0 to ${most}`);
  return value;
}

export function isNull({ nulls, validity, layout }: Column, index: number): boolean {
  if (layout.kind === 'null') return true;
  return nulls > 0 && ((validity[index >> 3] >> (index & 7)) & 1) === 0;
}

/** Bytes that values take, their offsets and null bits included. Throws ARROW_MALFORMED. */
export function bytesOf(column: Column, from: number, to: number): number {
  const { layout, children } = column;
  const count = to - from;
  const bits = Math.ceil(count / 8);
  switch (layout.kind) {
    case 'null':
      return 0;
    case 'bits':
      return 2 * bits;
    case 'fixed':
      return bits + count * layout.bytes;
    case 'bytes':
    case 'list': {
      const [first, last] = rangeOf(column, from, to);
      const own = bits + (count + 1) * layout.offsetBytes;
      return own + (layout.kind === 'bytes' ? last - first : bytesOf(children[0], first, last));
    }
    case 'fixed-list':
      return bits + bytesOf(children[0], from * layout.size, to * layout.size);
    case 'struct':
      return children.reduce((sum, child) => sum + bytesOf(child, from, to), bits);
  }
}

/** Writes the values from `from` to before `to`, with all that lies within them. Throws ARROW_MALFORMED. */
export function writeSlice(column: Column, from: number, to: number, into: BodyWriter): void {
  const { layout, data, children } = column;
  const count = to - from;
  if (layout.kind === 'null') return into.node(count, count);
  writeValidity(column, from, to, into);
  switch (layout.kind) {
    case 'bits':
      return into.buffer(bitsOf(data, from, to));
    case 'fixed':
      return into.buffer(data.subarray(from * layout.bytes, to * layout.bytes));
    case 'bytes': {
      const [first, last] = rangeOf(column, from, to);
      into.buffer(rebased(column, from, to));
      return into.buffer(data.subarray(first, last));
    }
    case 'list': {
      const [first, last] = rangeOf(column, from, to);
      into.buffer(rebased(column, from, to));
      return writeSlice(children[0], first, last, into);
    }
    case 'fixed-list':
      return writeSlice(children[0], from * layout.size, to * layout.size, into);
    case 'struct':
      for (const child of children) writeSlice(child, from, to, into);
  }
}

function writeValidity({ nulls, validity }: Column, from: number, to: number, into: BodyWriter): void {
  const bits = nulls > 0 ? bitsOf(validity, from, to) : none;
  const set = nulls > 0 ? countBits(bits, to - from) : to - from;
  into.node(to - from, to - from - set);
  into.buffer(set < to - from ? bits : none);
}

/** Where what values from `from` to before `to` hold begins and ends, by their offsets. Throws ARROW_MALFORMED. */
export function rangeOf(column: Column, from: number, to: number): readonly [number, number] {
  const [first, last] = [offsetAt(column, from), offsetAt(column, to)];
  if (last < first) throw malformed(`an offset ${last} after ${first}`);
  return [first, last];
}

/** The offsets of a range, from 0 up. */
function rebased(column: Column, from: number, to: number): Uint8Array {
  const { layout, offsets } = column;
  const wide = layout.kind !== 'null' && 'offsetBytes' in layout && layout.offsetBytes === 8;
  const bytes = Buffer.alloc((to - from + 1) * (wide ? 8 : 4));
  if (column.length === 0) return bytes;
  const view = viewOf(offsets);
  const [first, last] = rangeOf(column, from, to);
  let before = first;
  for (let i = from; i <= to; i++) {
    const value = wide ? Number(view.getBigInt64(8 * i, true)) : view.getInt32(4 * i, true);
    if (value < before || value > last) throw malformed(`an offset ${value} after ${before}`);
    if (wide) bytes.writeBigInt64LE(BigInt(value - first), 8 * (i - from));
    else bytes.writeInt32LE(value - first, 4 * (i - from));
    before = value;
  }
  return bytes;
}

/** Bits from `from` to before `to`, the first of them at the first bit. */
function bitsOf(bits: Uint8Array, from: number, to: number): Uint8Array {
  const [first, shift] = [from >> 3, from & 7];
  const count = Math.ceil((to - from) / 8);
  if (shift === 0) return bits.subarray(first, first + count);
  return Uint8Array.from(
    { length: count },
    (_, i) => ((bits[first + i] >> shift) | ((bits[first + i + 1] ?? 0) << (8 - shift))) & 255,
  );
}

function countBits(bits: Uint8Array, count: number): number {
  let set = 0;
  for (let i = 0; i < count; i++) set += (bits[i >> 3] >> (i & 7)) & 1;
  return set;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
