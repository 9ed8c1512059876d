import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type DType, elementCount } from '@triptych/core';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bytesPerElement, type StoredTensor } from '../numbers/stored-tensor.js';
import { decodeTensors } from './decode.js';
import { locateInPages } from './locate-in-pages.js';
import { openTensors } from './open-tensors.js';
import { openPages } from './paged-tensors.js';
import { readPages } from './read-pages.js';
import type { TensorFile } from './tensor-file.js';
import { writeTensors } from './write.js';

const fixture = (name: string) => fileURLToPath(new URL(`../../fixtures/${name}.parquet`, import.meta.url));
let work: string;
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'triptych-pages-'));
});
afterAll(() => rm(work, { recursive: true }));

let files = 0;
const newPath = () => join(work, `${files++}.parquet`);

async function packed(tensors: readonly StoredTensor[]): Promise<string> {
  const path = newPath();
  async function* all() {
    yield* tensors;
  }
  await writeTensors(path, all(), 'zstd', 'V2');
  return path;
}

async function allOf(file: TensorFile) {
  const tensors = [];
  for await (const { data, ...header } of file.read())
    tensors.push({ ...file.headers[tensors.length], ...header, data: Uint8Array.from(data) });
  file.close();
  return tensors;
}

/** What the pages say; undefined where the file is one for the decoder. */
async function paged(path: string) {
  const tensors = await openPages(path);
  return tensors && allOf(readPages(path, tensors, {}));
}

/** What Parquet says. */
const decoded = async (path: string) => allOf(await decodeTensors(path));

const numbers = (length: number, from: number) => Uint8Array.from({ length }, (_, i) => 37 * (i + from));
const tensor = (name: string, shape: readonly number[], dtype: DType): StoredTensor => {
  const data = numbers(elementCount(shape) * bytesPerElement[dtype], name.length);
  if (dtype !== 'int8') return { name, shape, dtype, data };
  const scales = Float32Array.from({ length: shape[0] }, (_, i) => i / 8);
  return { name, shape, dtype, data, quantization: { scales, zeroPoints: scales, axis: 0, groupSize: 0 } };
};

describe('plain pages', () => {
  it('say what any reader decodes, whatever a file of zstd holds', async () => {
    const one = fc
      .tuple(
        fc.string({ unit: 'binary', maxLength: 40 }).filter((name) => name.isWellFormed()),
        fc.array(fc.nat(5), { maxLength: 5 }),
        fc.constantFrom<DType>('float32', 'float16', 'bfloat16', 'int8'),
      )
      .map(([name, shape, dtype]) => tensor(name, dtype === 'int8' ? [2, ...shape] : shape, dtype));
    const some = fc.uniqueArray(one, { minLength: 1, maxLength: 20, selector: ({ name }) => name });
    await fc.assert(
      fc.asyncProperty(some, async (tensors) => {
        const path = await packed(tensors);
        const found = await paged(path);
        expect(found?.map(({ name }) => name)).toEqual(tensors.map(({ name }) => name));
        expect(found).toEqual(await decoded(path));
      }),
      { numRuns: 20 },
    );
  });

  it('are read in shares that are the whole together, over several row groups', async () => {
    const sizes = [3, 2_500_000, 5, 2_600_000, 7, 11];
    const path = await packed(sizes.map((size, i) => tensor(`t${i}`, [size], 'float16')));
    const shares = await Promise.all(
      [0, 1, 2].map(async (index) => allOf(await openTensors(path, { share: { index, of: 3 } }))),
    );
    expect(shares.every(({ length }) => length > 0)).toBe(true);
    const byName = (tensors: Awaited<ReturnType<typeof paged>>) =>
      new Map(tensors?.map(({ name, data }) => [name, Buffer.from(data).toString('base64')]));
    const names = sizes.map((_, i) => `t${i}`);
    expect(
      shares
        .flat()
        .map(({ name }) => name)
        .sort(),
    ).toEqual(names);
    expect(byName(shares.flat())).toEqual(byName(await decoded(path)));
  });

  it.each(['earlier-uncompressed', 'earlier-zstd', 'uncompressed', 'uncompressed-pages-v2'])(
    'of a file that an earlier version or another program wrote are read: %s',
    async (name) => {
      const path = fixture(name);
      const found = await decoded(path);
      expect(found.length).toBeGreaterThan(1);
      expect(await paged(path)).toEqual(found);
    },
  );

  it.each(['earlier-uncompressed', 'uncompressed', 'uncompressed-pages-v2'])(
    'that are not compressed are left where they lie: %s',
    async (name) => {
      const path = fixture(name);
      const bytes = await readFile(path);
      const located = (await locateInPages(path))?.tensors.map(({ header, byteOffset, byteLength }) => ({
        ...header,
        data: Uint8Array.from(bytes.subarray(byteOffset, byteOffset + byteLength)),
      }));
      expect(located).toEqual(await decoded(path));
    },
  );

  it.each(['uncompressed-dictionary', 'v2', 'arrow-engine'])(
    'are not what a file has that is encoded in another way, which is decoded: %s',
    async (name) => {
      expect(await openPages(fixture(name))).toBeUndefined();
      expect(await locateInPages(fixture(name))).toBeUndefined();
      expect(await allOf(await openTensors(fixture(name)))).toEqual(await decoded(fixture(name)));
    },
  );

  it('of zstd are not left where they lie', async () => {
    expect(await locateInPages(fixture('earlier-zstd'))).toBeUndefined();
  });
});

describe('a file that was damaged', () => {
  it.each(['earlier-uncompressed', 'earlier-zstd'])(
    'is refused, left to the decoder, or says what it says to the decoder, whatever byte was changed: %s',
    async (name) => {
      const bytes = await readFile(fixture(name));
      const original = JSON.stringify(await decoded(fixture(name)));
      const path = newPath();
      let changed = 0;
      for (let at = 0; at < bytes.length; at++) {
        const other = Buffer.from(bytes);
        other[at] ^= 1 << (at % 8);
        await writeFile(path, other);
        const own = await paged(path).catch((thrown: unknown) => (thrown as { code: string }).code);
        if (typeof own === 'string') expect(own, `byte ${at}`).toBe('bad-weights');
        if (!Array.isArray(own) || JSON.stringify(own) === original) continue;
        expect(own, `byte ${at}`).toEqual(await decoded(path));
        changed++;
      }
      expect(changed).toBeGreaterThan(50);
    },
  );

  it.each(['earlier-uncompressed', 'earlier-zstd'])('is refused where it was cut: %s', async (name) => {
    const bytes = await readFile(fixture(name));
    const path = newPath();
    for (let length = 0; length < bytes.length; length++) {
      await writeFile(path, bytes.subarray(0, length));
      expect(await openPages(path), `${length} bytes`).toBeUndefined();
    }
  });

  it('is refused where a page is no frame of zstd, or one of another length', async () => {
    const path = await packed([tensor('w', [1000], 'float32')]);
    const tensors = (await openPages(path))!;
    const [page] = tensors.data.pages;
    const read = (change: Partial<typeof page>) => {
      const data = { ...tensors.data, pages: [{ ...page, ...change }] };
      return allOf(readPages(path, { ...tensors, data }, {}));
    };
    expect(await read({})).toHaveLength(1);
    for (const change of [
      { rawBytes: page.rawBytes - 1 },
      { rawBytes: page.rawBytes + 1 },
      { rawBytes: 500_000_000 },
      { byteOffset: page.byteOffset + 1 },
      { byteLength: page.byteLength - 1 },
      { isCompressed: false },
    ])
      await expect(read(change), JSON.stringify(change)).rejects.toMatchObject({ reason: 'WEIGHTS_CORRUPT' });
    expect(await read({})).toHaveLength(1);
  });
});
