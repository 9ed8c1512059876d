import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DType, elementCount, readRange, withFile } from '@triptych/core';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bytesPerElement, type StoredTensor } from '../numbers/stored-tensor.js';
import { decodeTensors } from './decode.js';
import { FIRST_ROW_GROUP, layOutFooter, layOutRowGroup } from './layout.js';
import { locateTensors } from './locate.js';
import type { SchemaVersion } from './schema.js';
import type { TensorRow } from './tensor-table.js';
import { writeTensors } from './write.js';

let work: string;
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'triptych-locate-'));
});
afterAll(() => rm(work, { recursive: true }));

let files = 0;
const newPath = () => join(work, `${files++}.parquet`);

async function written(tensors: readonly StoredTensor[], version: SchemaVersion = 'V1'): Promise<string> {
  const path = newPath();
  async function* all() {
    yield* tensors;
  }
  await writeTensors(path, all(), 'none', version);
  return path;
}

async function changed(bytes: Uint8Array): Promise<string> {
  const path = newPath();
  await writeFile(path, bytes);
  return path;
}

/** Bytes that differ from one place to the next. */
const numbers = (length: number, from = 0) => Uint8Array.from({ length }, (_, i) => 37 * (i + from));
const tensor = (name: string, shape: readonly number[], dtype: DType = 'float16'): StoredTensor => ({
  name,
  shape,
  dtype,
  data: numbers(elementCount(shape) * bytesPerElement[dtype], name.length),
});
const int8 = (name: string, shape: readonly number[]): StoredTensor => ({
  ...tensor(name, shape, 'int8'),
  quantization: {
    scales: Float32Array.from({ length: shape[0] }, (_, i) => i / 8),
    zeroPoints: Float32Array.from({ length: shape[0] }, (_, i) => i),
    axis: 0,
    groupSize: 0,
  },
});

/** What our own way of finding tensors says, in the form of the other. */
function located(path: string) {
  const found = locateTensors(path);
  return found?.tensors.map(({ header, byteOffset, byteLength }) => ({
    ...header,
    data: withFile(path, (file) => new Uint8Array(readRange(file, byteOffset, byteLength))),
  }));
}

/** What Parquet says. */
async function decoded(path: string) {
  const file = await decodeTensors(path);
  const tensors = [];
  for await (const { data, ...header } of file.read())
    tensors.push({ ...file.headers[tensors.length], ...header, data: Uint8Array.from(data) });
  file.close();
  return tensors;
}

describe('a file of convert', () => {
  const shape = fc.array(fc.nat(5), { maxLength: 5 });
  const one = fc
    .tuple(
      fc.string({ unit: 'binary', maxLength: 40 }),
      shape,
      fc.constantFrom('float32', 'float16', 'bfloat16', 'int8'),
    )
    .map(([name, dimensions, dtype]) =>
      dtype === 'int8'
        ? int8(name, [dimensions.length + 1, ...dimensions])
        : tensor(name, dimensions, dtype as DType),
    );

  it('is located as any reader decodes it, whatever it holds', async () => {
    const some = fc.uniqueArray(one, { minLength: 1, maxLength: 20, selector: ({ name }) => name });
    await fc.assert(
      fc.asyncProperty(some, async (tensors) => {
        const path = await written(tensors, 'V2');
        const found = located(path);
        expect(found?.map(({ name }) => name)).toEqual(tensors.map(({ name }) => name));
        expect(found).toEqual(await decoded(path));
      }),
      { numRuns: 30 },
    );
  });

  it('has as many row groups as its size asks for', async () => {
    const tensors = ['a', 'b', 'c'].map((name): StoredTensor => {
      const data = new Uint8Array(33 * 1024 * 1024).fill(name.charCodeAt(0));
      return { name, shape: [data.length], dtype: 'int8', data };
    });
    const path = await written([...tensors, tensor('last', [3])]);
    expect(located(path)?.map(({ name }) => name)).toEqual(['a', 'b', 'c', 'last']);
    const all = await decoded(path);
    expect(all.map(({ name }) => name)).toEqual(['a', 'b', 'c', 'last']);
    expect(
      all.every(({ data }, i) => Buffer.from(data).equals([...tensors, tensor('last', [3])][i].data)),
    ).toBe(true);
  });

  it('may hold no tensor', async () => {
    expect(located(await written([]))).toEqual([]);
  });

  it('takes no tensor whose bytes are not those of its shape', async () => {
    await expect(written([{ ...tensor('w', [4]), shape: [5] }])).rejects.toMatchObject({
      reason: 'TENSOR_SHAPE',
    });
  });

  it('takes no tensor that a page cannot hold', async () => {
    const data = { byteLength: 2 ** 31 } as Uint8Array;
    const large = { name: 'w', shape: [2 ** 15, 2 ** 16], dtype: 'int8', data } as const;
    await expect(written([large])).rejects.toMatchObject({ reason: 'WEIGHTS_SCHEMA' });
  });
});

describe('a file whose table is not what its pages say', () => {
  const tensors = [
    tensor('encoder.a', [2, 3]),
    int8('encoder.b', [2, 5]),
    tensor('encoder.c', [3, 2], 'float32'),
  ];

  it('is decoded, wherever a byte was changed that is no number', async () => {
    const path = await written(tensors, 'V2');
    const bytes = await readFile(path);
    const own = locateTensors(path)?.tensors ?? [];
    const isNumber = (at: number) =>
      own.some(({ byteOffset, byteLength }) => at >= byteOffset && at < byteOffset + byteLength);
    const scales = bytes.indexOf(Buffer.from(Float32Array.of(0, 1 / 8).buffer));
    const zeroPoints = bytes.indexOf(Buffer.from(Float32Array.of(0, 1).buffer));
    let tried = 0;
    for (let at = 0; at < bytes.length; at++) {
      if (isNumber(at) || (at >= scales && at < scales + 8) || (at >= zeroPoints && at < zeroPoints + 8))
        continue;
      const other = Buffer.from(bytes);
      other[at] ^= 1 << (at % 8);
      await writeFile(path, other);
      expect(locateTensors(path), `byte ${at}`).toBeUndefined();
      tried++;
    }
    expect(tried).toBeGreaterThan(1000);
  });

  it('is decoded where it was cut or lengthened', async () => {
    const path = await written(tensors, 'V2');
    const bytes = await readFile(path);
    for (let length = 0; length < bytes.length; length++) {
      await writeFile(path, bytes.subarray(0, length));
      expect(locateTensors(path)).toBeUndefined();
    }
    expect(locateTensors(await changed(Buffer.concat([bytes, Buffer.from([0])])))).toBeUndefined();
    expect(locateTensors(await changed(Buffer.concat([bytes, bytes])))).toBeUndefined();
  });

  const rowsOf = (all: readonly StoredTensor[]): TensorRow[] =>
    all.map(({ name, shape, dtype }) => ({ name, shape, dtype, quantization: undefined }));

  /** A file of these tensors whose footer and table are of those rows. */
  async function lying(all: readonly StoredTensor[], rows: readonly TensorRow[]): Promise<string> {
    const honest = await readFile(await written(all));
    const pages = layOutRowGroup(rowsOf(all), 'V1', FIRST_ROW_GROUP)!;
    const claimed = layOutRowGroup(rows, 'V1', FIRST_ROW_GROUP)!;
    return changed(Buffer.concat([honest.subarray(0, pages.end), layOutFooter(rows, 'V1', [claimed])]));
  }

  const a = tensor('encoder.a', [2, 3]);
  const b = tensor('encoder.b', [3, 2]);
  it.each([
    ['swaps two names', (rows: TensorRow[]) => rows.map((row, i) => ({ ...row, name: rows[1 - i].name }))],
    ['swaps two shapes', (rows: TensorRow[]) => rows.map((row, i) => ({ ...row, shape: rows[1 - i].shape }))],
    ['names a tensor that is not there', (rows: TensorRow[]) => [{ ...rows[0], name: 'encoder.x' }, rows[1]]],
    [
      'moves the end of a tensor',
      (rows: TensorRow[]) => [
        { ...rows[0], shape: [2, 2] },
        { ...rows[1], shape: [4, 2] },
      ],
    ],
  ])('is decoded where it %s: what Parquet says counts', async (_, lie) => {
    const path = await lying([a, b], lie(rowsOf([a, b])));
    expect(locateTensors(path)).toBeUndefined();
    expect((await decoded(path)).map(({ name, shape, data }) => ({ name, shape, data }))).toEqual(
      [a, b].map(({ name, shape, data }) => ({ name, shape, data })),
    );
  });

  it('is decoded where a name cannot stand in a page: what Parquet says counts', async () => {
    const path = await written([a, tensor('encoder.\ud800', [2])]);
    expect(locateTensors(path)).toBeUndefined();
    expect((await decoded(path)).map(({ name }) => name)).toEqual(['encoder.a', 'encoder.\ufffd']);
  });

  it('is decoded where a tensor has another number of scales than its shape asks for', async () => {
    const { quantization, ...rest } = int8('encoder.b', [2, 5]);
    for (const changed of [{ axis: 1 }, { axis: -1 }, { axis: 2 }, { groupSize: 3 }]) {
      const path = await written([{ ...rest, quantization: { ...quantization!, ...changed } }], 'V2');
      expect(locateTensors(path), JSON.stringify(changed)).toBeUndefined();
    }
    const fitting = await written([{ ...rest, quantization: { ...quantization!, groupSize: 5 } }], 'V2');
    expect(locateTensors(fitting)?.tensors).toHaveLength(1);
  });

  it('is not laid out where scales that fit a page each do not fit the one they share', () => {
    const row = (scales: number): TensorRow => {
      const quantization = { scales, axis: 1, groupSize: 0 };
      return { name: 'w', dtype: 'int8', shape: [0, scales], quantization };
    };
    expect(layOutRowGroup([row(5e8)], 'V2', FIRST_ROW_GROUP)?.end).toBeGreaterThan(4e9);
    expect(layOutRowGroup([row(5e8), row(3e7)], 'V2', FIRST_ROW_GROUP)).toBeDefined();
    expect(layOutRowGroup([row(5e8), row(5e8)], 'V2', FIRST_ROW_GROUP)).toBeUndefined();
  });

  it('is not read beyond its end, nor is memory taken for what it claims', async () => {
    const huge: TensorRow[] = [{ name: 'w', shape: [2 ** 29], dtype: 'float16' }];
    for (const rows of [huge, Array<TensorRow>(1000).fill(huge[0])]) {
      expect(locateTensors(await lying([a], rows))).toBeUndefined();
    }
  });

  it.each([
    'null',
    '[]',
    '{"schema":"V3","tensors":[]}',
    '{"schema":"V1","tensors":[null]}',
    '{"schema":"V1","tensors":7}',
    '{"schema":"V1","tensors":[{"name":"w","dtype":"toString","shape":[]}]}',
    '{"schema":"V1","tensors":[{"name":"w","dtype":"int8","shape":["1"]}]}',
    '{"schema":"V1","tensors":[{"name":"w","dtype":"int8","shape":[-1]}]}',
    '{"schema":"V1","tensors":[{"name":"w","dtype":"int8","shape":[1e300,1e300]}]}',
    '{"schema":"V2","tensors":[{"name":"w","dtype":"int8","shape":[1],"quantization":{"scales":-1,"axis":0,"groupSize":0}}]}',
  ])('is decoded where the table is %s', async (json) => {
    const length = Buffer.alloc(4);
    const metadata = Buffer.from(`triptych.tensors${json}`);
    length.writeUInt32LE(metadata.length);
    expect(
      locateTensors(
        await changed(Buffer.concat([Buffer.from('PAR1'), metadata, length, Buffer.from('PAR1')])),
      ),
    ).toBeUndefined();
  });
});
