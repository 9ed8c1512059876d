import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream as NodeReadableStream } from 'node:stream/web';
import { elementCount } from '@triptych/core';
import type { RecordBatch } from 'apache-arrow';
import {
  Compression,
  EnabledStatistics,
  Table,
  transformParquetStream,
  WriterPropertiesBuilder,
} from 'parquet-wasm';
import type { StoredTensor } from '../numbers/stored-tensor.js';
import { arrow } from './arrow.js';
import { formatDType } from './schema.js';

/** A row group is closed once it holds this much: so that a reader never needs much more. */
const ROW_GROUP_BYTES = 4 * 1024 * 1024;

const shapeType = new arrow.List(new arrow.Field('element', new arrow.Int32(), true));

const schemaV1 = new arrow.Schema([
  new arrow.Field('layer_name', new arrow.Utf8(), true),
  new arrow.Field('shape', shapeType, true),
  new arrow.Field('dtype', new arrow.Utf8(), true),
  new arrow.Field('data', new arrow.Binary(), true),
  new arrow.Field('num_params', new arrow.Int64(), true),
]);

/** How pages are compressed. Weights are mostly noise: zstd saves some 8 %, and decoding it is most of a load. */
export type WeightCompression = 'zstd' | 'none';

const codecs: Readonly<Record<WeightCompression, Compression>> = {
  zstd: Compression.ZSTD,
  none: Compression.UNCOMPRESSED,
};

/** Writes tensors as a V1 weights file, one at a time. Returns the number of tensors written. */
export async function writeTensors(
  path: string,
  tensors: AsyncIterable<StoredTensor>,
  compression: WeightCompression,
): Promise<number> {
  let written = 0;
  async function* tables() {
    for await (const tensor of tensors) {
      written++;
      yield arrow.tableToIPC(new arrow.Table([rowOf(tensor)]), 'stream');
    }
  }
  await writeParquet(path, tables(), compression);
  return written;
}

/** Writes tables, Arrow IPC streams of one schema, as a Parquet file with row groups of bounded size. Fails where it exists. */
export async function writeParquet(
  path: string,
  tables: AsyncIterable<Uint8Array>,
  compression: WeightCompression = 'zstd',
): Promise<void> {
  let failure: { readonly thrown: unknown } | undefined;
  async function* batches() {
    try {
      for await (const table of tables) {
        const copy = Table.fromIPCStream(table);
        const batch = copy.recordBatches()[0];
        copy.free();
        yield batch;
      }
    } catch (thrown) {
      // The writer would take the error for the end and complete the file.
      failure = { thrown };
    }
  }
  const parquet = await transformParquetStream(
    Readable.toWeb(Readable.from(batches())),
    writerProperties(codecs[compression]),
  );
  await pipeline(Readable.fromWeb(parquet as NodeReadableStream), createWriteStream(path, { flags: 'wx' }));
  if (failure) throw failure.thrown;
}

function rowOf(tensor: StoredTensor): RecordBatch {
  const length = tensor.data.byteLength;
  const data = arrow.makeData({
    type: new arrow.Binary(),
    length: 1,
    nullCount: 0,
    valueOffsets: Int32Array.of(0, length),
    data: tensor.data,
  });
  const children = [
    arrow.vectorFromArray([tensor.name], new arrow.Utf8()).data[0],
    arrow.vectorFromArray([[...tensor.shape]], shapeType).data[0],
    arrow.vectorFromArray([formatDType(tensor.dtype)], new arrow.Utf8()).data[0],
    data,
    arrow.vectorFromArray([BigInt(elementCount(tensor.shape))], new arrow.Int64()).data[0],
  ];
  return new arrow.RecordBatch(
    schemaV1,
    arrow.makeData({ type: new arrow.Struct(schemaV1.fields), length: 1, nullCount: 0, children }),
  );
}

function writerProperties(codec: Compression) {
  return new WriterPropertiesBuilder()
    .setCompression(codec)
    .setMaxRowGroupBytes(ROW_GROUP_BYTES)
    .setDictionaryEnabled(false)
    .setStatisticsEnabled(EnabledStatistics.None)
    .setCreatedBy('triptych')
    .build();
}
