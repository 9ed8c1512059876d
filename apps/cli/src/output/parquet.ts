import { PassThrough } from 'node:stream';
import { writeParquet } from '@triptych/weight-loader';
import {
  Field,
  Float32,
  Float64,
  Int32,
  List,
  makeData,
  makeVector,
  Table,
  tableToIPC,
  Utf8,
  vectorFromArray,
} from 'apache-arrow';
import type { EncodedVector } from '../encode/encoded-vector.js';
import type { VectorWriter } from './vector-writer.js';

const listType = new List(new Field('element', new Float32(), false));

/**
 * Columns source, text, window, start_s, end_s, shape and embedding, null where a vector has none; an embedding of many
 * vectors lies flat, row by row.
 */
export function parquetFile(path: string): VectorWriter {
  const windows = new PassThrough({ objectMode: true, highWaterMark: 16 });
  async function* tables() {
    for await (const window of windows) yield tableToIPC(tableOf(window as EncodedVector), 'stream');
  }
  const written = writeParquet(path, tables());
  let [failure, wake]: [Error | undefined, () => void] = [undefined, () => undefined];
  windows.on('drain', () => wake());
  written.catch((error: Error) => {
    failure = error;
    windows.destroy(error);
    wake();
  });
  return {
    async write(window) {
      if (windows.write(window)) return;
      // No race against `written`: that would keep every wait until all is written.
      if (!failure) await new Promise<void>((resolve) => (wake = resolve));
      if (failure) throw failure;
    },
    async close() {
      windows.end();
      await written;
    },
  };
}

function tableOf({ source, text, window, startS, endS, shape, values }: EncodedVector): Table {
  const embedding = makeData({
    type: listType,
    length: 1,
    nullCount: 0,
    valueOffsets: Int32Array.of(0, values.length),
    child: makeData({ type: new Float32(), length: values.length, nullCount: 0, data: values }),
  });
  return new Table({
    source: vectorFromArray([source], new Utf8()),
    text: vectorFromArray([text ?? null], new Utf8()),
    window: vectorFromArray([window ?? null], new Int32()),
    start_s: vectorFromArray([startS ?? null], new Float64()),
    end_s: vectorFromArray([endS ?? null], new Float64()),
    shape: vectorFromArray([[...shape]], new List(new Field('element', new Int32(), false))),
    embedding: makeVector(embedding),
  });
}
