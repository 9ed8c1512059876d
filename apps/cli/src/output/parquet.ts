import { PassThrough } from 'node:stream';
import { writeParquet } from '@triptych/weight-loader';
import {
  type Data,
  Field,
  FixedSizeList,
  Float32,
  Float64,
  Int32,
  List,
  makeData,
  makeVector,
  RecordBatch,
  Schema,
  Table,
  tableToIPC,
  Utf8,
  vectorFromArray,
} from 'apache-arrow';
import type { EncodedVector } from '../encode/encoded-vector.js';
import type { Identity } from '../encode/identity.js';
import { drained } from './drained.js';
import { checkWidth, type VectorWriter } from './vector-writer.js';

/**
 * A row a vector: source, text, window, start_s and end_s, null where a vector has none; model, fingerprint, space,
 * pooling and weight_type; and embedding, a list of D float32 values, or for embeddings of many vectors a list of those.
 * The file's metadata names the models under `triptych.models`, and where it is only one, each of its properties under
 * `triptych.*`.
 */
export function parquetFile(path: string): VectorWriter {
  const vectors = new PassThrough({ objectMode: true, highWaterMark: 16 });
  let written: Promise<void> | undefined;
  async function* tables(metadata: Metadata) {
    let width: number | undefined;
    for await (const vector of vectors as AsyncIterable<EncodedVector>) {
      width = checkWidth(vector, width);
      yield tableToIPC(described(tableOf(vector, width), metadata), 'stream');
    }
  }
  return {
    begin(identities) {
      const metadata = metadataOf(identities);
      written = writeParquet(path, tables(metadata), metadata);
      written.catch((error: Error) => vectors.destroy(error));
      return Promise.resolve();
    },
    async write(vector) {
      if (vectors.write(vector)) return;
      await drained(vectors);
      // Ended before its end: the writer knows why.
      if (vectors.destroyed) await written;
    },
    async close() {
      vectors.end();
      await written;
    },
  };
}

type Metadata = Readonly<Record<string, string>>;

function metadataOf(identities: readonly Identity[]): Metadata {
  const models = identities.map((identity) => ({ ...fieldsOf(identity), dtype: 'float32' }));
  const [only] = models;
  const single = new Set(models.map((model) => JSON.stringify(model))).size === 1 ? only : {};
  return {
    'triptych.models': JSON.stringify(models),
    ...Object.fromEntries(Object.entries(single).map(([key, value]) => [`triptych.${key}`, value])),
  };
}

function fieldsOf({ model, fingerprint, space, pooling, weightType }: Identity) {
  return { model, fingerprint, space, pooling, weight_type: weightType };
}

function tableOf(vector: EncodedVector, width: number): Table {
  const { source, text, window, startS, endS, identity, shape, values } = vector;
  const texts = Object.entries(fieldsOf(identity)).map(([key, value]) => [key, utf8(value)] as const);
  return new Table({
    source: utf8(source),
    text: utf8(text ?? null),
    window: vectorFromArray([window ?? null], new Int32()),
    start_s: vectorFromArray([startS ?? null], new Float64()),
    end_s: vectorFromArray([endS ?? null], new Float64()),
    ...Object.fromEntries(texts),
    embedding: shape.length > 1 ? makeVector(manyVectors(values, width)) : makeVector(fixed(values, width)),
  });
}

/** The table with this metadata in its Arrow schema: pyarrow and pandas look there, others in the file's. */
function described(table: Table, metadata: Metadata): Table {
  const schema = new Schema(table.schema.fields, new Map(Object.entries(metadata)));
  return new Table(
    schema,
    table.batches.map((batch) => new RecordBatch(schema, batch.data)),
  );
}

const utf8 = (value: string | null) => vectorFromArray([value], new Utf8());

/** Lists of `width` values each. */
function fixed(values: Float32Array, width: number): Data<FixedSizeList<Float32>> {
  return makeData({
    type: new FixedSizeList(width, new Field('element', new Float32(), false)),
    length: values.length / width,
    nullCount: 0,
    child: makeData({ type: new Float32(), length: values.length, nullCount: 0, data: values }),
  });
}

/** One list of all of them. */
function manyVectors(values: Float32Array, width: number): Data<List<FixedSizeList<Float32>>> {
  const child = fixed(values, width);
  return makeData({
    type: new List(new Field('element', child.type, false)),
    length: 1,
    nullCount: 0,
    valueOffsets: Int32Array.of(0, child.length),
    child,
  });
}
