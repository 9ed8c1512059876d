import { TriptychError } from '@triptych/core';
import type { Table } from 'parquet-wasm';
import { parquetWasm } from './parquet-wasm.js';

/** The values of a binary column, as views into WebAssembly memory. */
export interface BinaryColumn {
  /** null where there is no value. Valid until `free`, and until anything else is decoded. */
  readonly values: readonly (Uint8Array | null)[];
  free(): void;
}

/** Where the fields of the structs lie in 32-bit memory (Arrow C data interface, structure definitions). */
const SCHEMA = { format: 0, children: 32 } as const;
const ARRAY = { length: 0, nullCount: 8, offset: 16, buffers: 40, children: 44 } as const;

/** Arrow's formats of binary types, and the bytes of one of their offsets. */
const offsetBytes: Readonly<Record<string, 4 | 8>> = { z: 4, Z: 8 };

/**
 * Reads a table of one binary column where it lies: hundreds of megabytes are neither serialised nor copied. The table
 * is used up. Throws WEIGHTS_SCHEMA for a column of another type.
 */
export function binaryColumn(table: Table, column: string): BinaryColumn {
  const stream = table.intoFFI();
  const memory = (parquetWasm.wasmMemory() as { buffer: ArrayBuffer }).buffer;
  const view = new DataView(memory);
  const pointer = (address: number) => view.getUint32(address, true);
  const count = (address: number) => Number(view.getBigInt64(address, true));
  const childOf = (address: number, field: number) => pointer(pointer(address + field));

  const format = readCString(memory, pointer(childOf(stream.schemaAddr(), SCHEMA.children) + SCHEMA.format));
  const size = offsetBytes[format];
  if (size === undefined) {
    stream.free();
    throw new TriptychError(
      'WEIGHTS_SCHEMA',
      `column ${column} has Arrow type ${JSON.stringify(format)}; expected binary`,
    );
  }
  const values: (Uint8Array | null)[] = [];
  for (let chunk = 0; chunk < stream.numArrays(); chunk++) {
    const array = childOf(stream.arrayAddr(chunk), ARRAY.children);
    const [validity, offsets, data] = [0, 4, 8].map((i) => pointer(pointer(array + ARRAY.buffers) + i));
    const first = count(array + ARRAY.offset);
    const at = (i: number) => (size === 4 ? pointer(offsets + 4 * i) : count(offsets + 8 * i));
    const isNull = (i: number) =>
      validity !== 0 && ((view.getUint8(validity + (i >> 3)) >> (i & 7)) & 1) === 0;
    for (let i = first; i < first + count(array + ARRAY.length); i++) {
      values.push(isNull(i) ? null : new Uint8Array(memory, data + at(i), at(i + 1) - at(i)));
    }
  }
  return { values, free: () => stream.free() };
}

function readCString(memory: ArrayBuffer, address: number): string {
  const bytes = new Uint8Array(memory, address);
  return Buffer.from(bytes.subarray(0, bytes.indexOf(0))).toString('latin1');
}
