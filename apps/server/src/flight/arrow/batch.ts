import type { Layout } from './layout.js';
import type { Table } from './read-flatbuffer.js';
import { malformed, unsupported } from './refusals.js';

/** A column of a batch, or what lies within one: views of the message. Offsets within it are not checked before they are followed. */
export interface Column {
  readonly layout: Layout;
  readonly length: number;
  readonly nulls: number;
  /** A bit for each value, 0 for null; empty where there is no null. */
  readonly validity: Uint8Array;
  /** Of `bytes` and `list`, one more than there are values; empty where there is none. */
  readonly offsets: Uint8Array;
  /** Of `bits`, `fixed` and `bytes`. */
  readonly data: Uint8Array;
  readonly children: readonly Column[];
}

/** Rows that came in one message. */
export interface Batch {
  readonly rows: number;
  readonly columns: readonly Column[];
}

/**
 * Finds the columns of a batch in its body: counts and lengths alone are looked at. Throws ARROW_MALFORMED where they are not what the schema
 * asks for, lie outside of the body or over each other, and ARROW_UNSUPPORTED where the body is compressed.
 */
export function readBatch(table: Table, body: Uint8Array, layouts: readonly Layout[]): Batch {
  if (table.table(3))
    throw unsupported(
      'the batch is compressed; send it as it is (in pyarrow, IpcWriteOptions(compression=None))',
    );
  const rows = table.i64(0);
  if (rows < 0) throw malformed(`a batch of ${rows} rows`);
  const reader = new BatchReader(table.words(1, 2), table.words(2, 2), body);
  const columns = layouts.map((layout) => reader.column(layout, rows));
  reader.checkEnd();
  return { rows, columns };
}

const none = new Uint8Array(0);

/** Takes nodes and buffers in their order: that of the schema, from top to bottom. */
class BatchReader {
  #node = 0;
  #buffer = 0;
  #bytes = 0;

  constructor(
    private readonly nodes: readonly number[],
    private readonly buffers: readonly number[],
    private readonly body: Uint8Array,
  ) {}

  /** `least`: values that those above it point to. */
  column(layout: Layout, least: number, isTop = true): Column {
    const at = 2 * this.#node++;
    if (at >= this.nodes.length)
      throw malformed(`${this.nodes.length / 2} nodes; the schema has more fields`);
    const [length, nulls] = [this.nodes[at], this.nodes[at + 1]];
    if (length < least || (isTop && length !== least))
      throw malformed(`a column of ${length} values; expected ${least}`);
    if (nulls < 0 || nulls > length) throw malformed(`${nulls} nulls among ${length} values`);
    const parts = { layout, length, nulls, validity: none, offsets: none, data: none, children: [] };
    if (layout.kind === 'null') return { ...parts, nulls: length };
    const validity = this.#next(nulls > 0 ? Math.ceil(length / 8) : 0, 'validity');
    switch (layout.kind) {
      case 'bits':
        return { ...parts, validity, data: this.#next(Math.ceil(length / 8), 'values') };
      case 'fixed':
        return { ...parts, validity, data: this.#next(length * layout.bytes, 'values') };
      case 'bytes': {
        const offsets = this.#offsets(length, layout.offsetBytes);
        return { ...parts, validity, offsets, data: this.#next(0, 'values') };
      }
      case 'list': {
        const offsets = this.#offsets(length, layout.offsetBytes);
        return { ...parts, validity, offsets, children: [this.column(layout.child, 0, false)] };
      }
      case 'fixed-list':
        return { ...parts, validity, children: [this.column(layout.child, length * layout.size, false)] };
      case 'struct':
        return {
          ...parts,
          validity,
          children: layout.children.map((child) => this.column(child, length, false)),
        };
    }
  }

  checkEnd(): void {
    if (2 * this.#node < this.nodes.length || 2 * this.#buffer < this.buffers.length)
      throw malformed(
        `${this.nodes.length / 2} nodes and ${this.buffers.length / 2} buffers; the schema asks for ${this.#node} and ${this.#buffer}`,
      );
  }

  #offsets(length: number, bytes: number): Uint8Array {
    // Writers leave them out where there is no value.
    return this.#next(length === 0 ? 0 : (length + 1) * bytes, 'offsets');
  }

  #next(least: number, what: string): Uint8Array {
    const at = 2 * this.#buffer++;
    if (at >= this.buffers.length)
      throw malformed(`${this.buffers.length / 2} buffers; the schema asks for more`);
    const [offset, length] = [this.buffers[at], this.buffers[at + 1]];
    if (offset < 0 || length < 0 || offset + length > this.body.length)
      throw malformed(`a buffer of ${length} bytes at ${offset}; its body has ${this.body.length}`);
    if (offset % 8 !== 0) throw malformed(`a buffer at byte ${offset} of its body, which 8 does not divide`);
    if (length < least) throw malformed(`a buffer of ${length} bytes of ${what}; expected ${least}`);
    this.#bytes += length;
    if (this.#bytes > this.body.length) throw malformed('buffers that lie over each other');
    return this.body.subarray(offset, offset + length);
  }
}
