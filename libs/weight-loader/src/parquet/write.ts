import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream as NodeReadableStream } from 'node:stream/web';
import { type DType, elementCount } from '@triptych/core';
import type { Data, RecordBatch, Schema } from 'apache-arrow';
import {
  Compression,
  EnabledStatistics,
  Table,
  transformParquetStream,
  WriterPropertiesBuilder,
} from 'parquet-wasm';
import type { StoredTensor } from '../numbers/stored-tensor.js';
import { arrow } from './arrow.js';
import { formatDType, type SchemaVersion } from './schema.js';

/** A row group is closed once it holds this much: so that a reader never needs much more. */
const ROW_GROUP_BYTES = 4 * 1024 * 1024;

const shapeType = new arrow.List(new arrow.Field('element', new arrow.Int32(), true));

const columnsV1 = [
  new arrow.Field('layer_name', new arrow.Utf8(), true),
  new arrow.Field('shape', shapeType, true),
  new arrow.Field('dtype', new arrow.Utf8(), true),
  new arrow.Field('data', new arrow.Binary(), true),
  new arrow.Field('num_params', new arrow.Int64(), true),
];
const schemas: Readonly<Record<SchemaVersion, Schema>> = {
  V1: new arrow.Schema(columnsV1),
  V2: new arrow.Schema([
    ...columnsV1,
    new arrow.Field('quant_type', new arrow.Utf8(), true),
    new arrow.Field('scales', new arrow.Binary(), true),
    new arrow.Field('zero_points', new arrow.Binary(), true),
    new arrow.Field('quant_axis', new arrow.Int32(), true),
    new arrow.Field('group_size', new arrow.Int32(), true),
  ]),
};

/** How V2 names what a tensor's numbers are. Its own columns have no word for bfloat16: that one is half as wide, too. */
const quantTypes: Readonly<Record<DType, string>> = {
  float32: 'fp32',
  float16: 'fp16',
  bfloat16: 'fp16',
  int8: 'int8',
};

/** How pages are compressed. Weights are mostly noise: zstd saves some 8 %, and decoding it is most of a load. */
export type WeightCompression = 'zstd' | 'none';

const codecs: Readonly<Record<WeightCompression, Compression>> = {
  zstd: Compression.ZSTD,
  none: Compression.UNCOMPRESSED,
};

/** Writes tensors as a weights file, one at a time; int8 ones take schema V2. Returns the number of tensors written. */
export async function writeTensors(
  path: string,
  tensors: AsyncIterable<StoredTensor>,
  compression: WeightCompression,
  version: SchemaVersion = 'V1',
): Promise<number> {
  let written = 0;
  async function* tables() {
    for await (const tensor of tensors) {
      written++;
      yield arrow.tableToIPC(new arrow.Table([rowOf(tensor, version)]), 'stream');
    }
  }
  await writeParquet(path, tables(), { compression });
  return written;
}

export interface ParquetOptions {
  readonly compression?: WeightCompression;
  /** What the file says of itself, by key. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** Writes tables, Arrow IPC streams of one schema, as a Parquet file with row groups of bounded size. Fails where it exists. */
export async function writeParquet(
  path: string,
  tables: AsyncIterable<Uint8Array>,
  { compression = 'zstd', metadata = {} }: ParquetOptions = {},
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
  try {
    const parquet = await transformParquetStream(
      Readable.toWeb(Readable.from(batches())),
      writerProperties(codecs[compression], metadata),
    );
    await pipeline(Readable.fromWeb(parquet as NodeReadableStream), createWriteStream(path, { flags: 'wx' }));
  } finally {
    // Where there was no first batch the writer fails of that.
    if (failure) throw failure.thrown;
  }
}

function rowOf(tensor: StoredTensor, version: SchemaVersion): RecordBatch {
  const children = [
    text(tensor.name),
    arrow.vectorFromArray([[...tensor.shape]], shapeType).data[0],
    text(formatDType(tensor.dtype)),
    binary(tensor.data),
    arrow.vectorFromArray([BigInt(elementCount(tensor.shape))], new arrow.Int64()).data[0],
    ...(version === 'V2' ? quantizationOf(tensor) : []),
  ];
  const type = new arrow.Struct(schemas[version].fields);
  return new arrow.RecordBatch(schemas[version], arrow.makeData({ type, length: 1, nullCount: 0, children }));
}

/** The columns that V2 adds; what is no int8 has no scales. */
function quantizationOf({ dtype, quantization }: StoredTensor): Data[] {
  const { scales, zeroPoints, axis = -1, groupSize = 0 } = quantization ?? {};
  const int32 = (value: number) => arrow.vectorFromArray([value], new arrow.Int32()).data[0];
  return [
    text(quantTypes[dtype]),
    binary(bytesOf(scales)),
    binary(bytesOf(scales && (zeroPoints ?? new Float32Array(scales.length)))),
    int32(axis),
    int32(groupSize),
  ];
}

const text = (value: string) => arrow.vectorFromArray([value], new arrow.Utf8()).data[0];

function binary(data: Uint8Array | null): Data {
  return arrow.makeData({
    type: new arrow.Binary(),
    length: 1,
    nullCount: data ? 0 : 1,
    ...(data ? {} : { nullBitmap: Uint8Array.of(0) }),
    valueOffsets: Int32Array.of(0, data?.byteLength ?? 0),
    data: data ?? new Uint8Array(0),
  });
}

function bytesOf(values: Float32Array | undefined): Uint8Array | null {
  return values ? new Uint8Array(values.buffer, values.byteOffset, values.byteLength) : null;
}

function writerProperties(codec: Compression, metadata: Readonly<Record<string, string>>) {
  return new WriterPropertiesBuilder()
    .setCompression(codec)
    .setMaxRowGroupBytes(ROW_GROUP_BYTES)
    .setDictionaryEnabled(false)
    .setStatisticsEnabled(EnabledStatistics.None)
    .setCreatedBy('triptych')
    .setKeyValueMetadata(new Map(Object.entries(metadata)))
    .build();
}
