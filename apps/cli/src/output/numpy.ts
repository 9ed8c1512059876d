import { type FileHandle, open } from 'node:fs/promises';
import type { EncodedVector } from '../encode/encoded-vector.js';
import { lineWriter, placeOf } from './json-lines.js';
import { checkWidth, type VectorWriter } from './vector-writer.js';

/** Length of the header, fixed so that the row count can be filled in at the end (NEP 1, version 1.0). */
const HEADER_BYTES = 128;

/**
 * A float32 matrix in numpy's format, one row a vector of D values; an embedding of many vectors gives as many rows. What
 * each row stands for, and which model made it, is in PATH.jsonl, a JSON line a row in the order of the rows.
 */
export function numpyFile(path: string): VectorWriter {
  let file: Promise<FileHandle> | undefined;
  let rows = 0;
  let width: number | undefined;
  const opened = () => (file ??= open(path, 'w'));
  const lines = lineWriter(`${path}.jsonl`);
  const append = async (vector: EncodedVector) => {
    const { shape, values } = vector;
    width = checkWidth(vector, width);
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    await (await opened()).write(bytes, 0, bytes.length, HEADER_BYTES + 4 * width * rows);
    const { shape: _, ...place } = placeOf(vector);
    for (let row = 0; row < values.length / width; row++) {
      await lines.write({ row: rows + row, ...place, ...(shape.length > 1 ? { position: row } : {}) });
    }
    rows += values.length / width;
  };
  let last: Promise<unknown> = Promise.resolve();
  return {
    begin: () => Promise.resolve(),
    write(vector) {
      // Several sources are written at the same time; a row and its line belong together.
      const written = last.then(() => append(vector));
      last = written.catch(() => undefined);
      return written;
    },
    async close() {
      await last;
      const handle = await opened();
      await handle.write(header(rows, width ?? 0), 0, HEADER_BYTES, 0);
      await handle.close();
      await lines.close();
    },
  };
}

function header(rows: number, width: number): Uint8Array {
  const description = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows}, ${width}), }`;
  const text = `${description.padEnd(HEADER_BYTES - 11)}\n`;
  const length = Buffer.from([text.length & 0xff, text.length >> 8]);
  return Buffer.concat([Buffer.from('\x93NUMPY\x01\x00', 'latin1'), length, Buffer.from(text, 'latin1')]);
}
