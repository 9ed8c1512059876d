import { elementCount } from '@triptych/core';
import {
  Binary,
  type Data,
  Field,
  Int32,
  Int64,
  List,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  Table,
  tableToIPC,
  Utf8,
  vectorFromArray,
} from 'apache-arrow';
import { bytesOf, type StoredTensor } from '../numbers/stored-tensor.js';
import type { ColumnType } from './format.js';
import { columnsOf, formatDType, formatQuantType, type SchemaVersion } from './schema.js';
import { writeParquet } from './write-parquet.js';

const shapeType = new List(new Field('element', new Int32(), true));

const arrowTypes = {
  string: new Utf8(),
  binary: new Binary(),
  int32: new Int32(),
  int64: new Int64(),
  'list<int32>': shapeType,
} satisfies Record<ColumnType, unknown>;

/** Writes tensors as a weights file compressed with zstd, one at a time. */
export async function writeCompressed(
  path: string,
  tensors: AsyncIterable<StoredTensor>,
  version: SchemaVersion,
): Promise<void> {
  const schema = new Schema(
    columnsOf(version).map(({ name, type }) => new Field(name, arrowTypes[type], true)),
  );
  async function* tables() {
    for await (const tensor of tensors) yield tableToIPC(new Table([batchOf(tensor, schema)]), 'stream');
  }
  await writeParquet(path, tables());
}

function batchOf(tensor: StoredTensor, schema: Schema): RecordBatch {
  const values = valuesOf(tensor);
  const children = schema.fields.map(({ name }) => values[name]);
  const type = new Struct(schema.fields);
  return new RecordBatch(schema, makeData({ type, length: 1, nullCount: 0, children }));
}

/** A row's values by their columns; those of schema V2 are left out of a batch of V1. */
function valuesOf({ name, shape, dtype, data, quantization }: StoredTensor): Record<string, Data> {
  const { scales, zeroPoints, axis = -1, groupSize = 0 } = quantization ?? {};
  return {
    layer_name: text(name),
    shape: vectorFromArray([[...shape]], shapeType).data[0],
    dtype: text(formatDType(dtype)),
    data: binary(data),
    num_params: vectorFromArray([BigInt(elementCount(shape))], new Int64()).data[0],
    quant_type: text(formatQuantType(dtype)),
    scales: binary(scales && bytesOf(scales)),
    zero_points: binary(scales && bytesOf(zeroPoints ?? new Float32Array(scales.length))),
    quant_axis: int32(axis),
    group_size: int32(groupSize),
  };
}

const text = (value: string): Data => vectorFromArray([value], new Utf8()).data[0];
const int32 = (value: number): Data => vectorFromArray([value], new Int32()).data[0];

function binary(data: Uint8Array | undefined): Data {
  return makeData({
    type: new Binary(),
    length: 1,
    nullCount: data ? 0 : 1,
    ...(data ? {} : { nullBitmap: Uint8Array.of(0) }),
    valueOffsets: Int32Array.of(0, data?.byteLength ?? 0),
    data: data ?? new Uint8Array(0),
  });
}
