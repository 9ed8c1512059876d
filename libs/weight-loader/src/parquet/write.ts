import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream as NodeReadableStream } from 'node:stream/web';
import { elementCount } from '@triptych/core';
import {
  Binary,
  Field,
  Int32,
  Int64,
  List,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  Table as ArrowTable,
  tableToIPC,
  Utf8,
  vectorFromArray,
} from 'apache-arrow';
import {
  Compression,
  EnabledStatistics,
  Table,
  transformParquetStream,
  WriterPropertiesBuilder,
} from 'parquet-wasm';
import type { StoredTensor } from '../numbers/stored-tensor.js';
import { formatDType } from './schema.js';

/** A row group is closed once it holds this much, so that a reader never needs much more. */
const ROW_GROUP_BYTES = 16 * 1024 * 1024;

const shapeType = new List(new Field('element', new Int32(), true));

const schemaV1 = new Schema([
  new Field('layer_name', new Utf8(), true),
  new Field('shape', shapeType, true),
  new Field('dtype', new Utf8(), true),
  new Field('data', new Binary(), true),
  new Field('num_params', new Int64(), true),
]);

/** Writes tensors as a V1 weights file, zstd, one at a time. Returns the number of tensors written. */
export async function writeTensors(path: string, tensors: AsyncIterable<StoredTensor>): Promise<number> {
  let written = 0;
  async function* tables() {
    for await (const tensor of tensors) {
      written++;
      yield new ArrowTable([rowOf(tensor)]);
    }
  }
  await writeParquet(path, tables());
  return written;
}

/** Writes tables of one schema as a Parquet file, zstd, in row groups of bounded size. Fails where the file exists. */
export async function writeParquet(path: string, tables: AsyncIterable<ArrowTable>): Promise<void> {
  async function* batches() {
    for await (const arrow of tables) {
      const table = Table.fromIPCStream(tableToIPC(arrow, 'stream'));
      const batch = table.recordBatches()[0];
      table.free();
      yield batch;
    }
  }
  const parquet = await transformParquetStream(Readable.toWeb(Readable.from(batches())), writerProperties());
  await pipeline(Readable.fromWeb(parquet as NodeReadableStream), createWriteStream(path, { flags: 'wx' }));
}

function rowOf(tensor: StoredTensor): RecordBatch {
  const length = tensor.data.byteLength;
  const data = makeData({
    type: new Binary(),
    length: 1,
    nullCount: 0,
    valueOffsets: Int32Array.of(0, length),
    data: tensor.data,
  });
  const children = [
    vectorFromArray([tensor.name], new Utf8()).data[0],
    vectorFromArray([[...tensor.shape]], shapeType).data[0],
    vectorFromArray([formatDType(tensor.dtype)], new Utf8()).data[0],
    data,
    vectorFromArray([BigInt(elementCount(tensor.shape))], new Int64()).data[0],
  ];
  return new RecordBatch(schemaV1, makeData({ type: new Struct(schemaV1.fields), length: 1, nullCount: 0, children }));
}

function writerProperties() {
  return new WriterPropertiesBuilder()
    .setCompression(Compression.ZSTD)
    .setMaxRowGroupBytes(ROW_GROUP_BYTES)
    .setDictionaryEnabled(false)
    .setStatisticsEnabled(EnabledStatistics.None)
    .setCreatedBy('triptych')
    .build();
}
