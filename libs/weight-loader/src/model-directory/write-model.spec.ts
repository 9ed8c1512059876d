import { existsSync } from 'node:fs';
import { type FileHandle, mkdtemp, open, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { StoredTensor } from '../numbers/stored-tensor.js';
import { decodeTensors } from '../parquet/decode.js';
import { scratchOf } from './target.js';
import { writeModelDirectory } from './write-model.js';

let work: string;
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'triptych-write-'));
});
afterAll(() => rm(work, { recursive: true }));

const MEBIBYTE = 2 ** 20;
const tensor = (name: string, byteLength: number): StoredTensor => {
  const data = new Uint8Array(byteLength);
  for (let i = 0; i < byteLength; i += 1000) data[i] = i / 1000;
  return { name, dtype: 'int8', shape: [byteLength], data };
};
/** It fills a row group of its own. */
const large = tensor('large', 64 * MEBIBYTE);
const small = tensor('small', 100);

const contents = (target: string, tensors: AsyncIterable<StoredTensor> | Iterable<StoredTensor>) => ({
  target,
  metadata: {
    model_name: 'm',
    model_type: 'm',
    architecture: 'm',
    config: {},
    total_parameters: 64 * MEBIBYTE + 100,
    num_weight_tensors: 2,
  },
  preprocessor: undefined,
  description: {},
  tensors,
});

describe('a model directory', () => {
  it('is on the disk before it has its name', async () => {
    const target = join(work, 'flushed');
    const handle = await open(work);
    const prototype = Object.getPrototypeOf(handle) as FileHandle;
    await handle.close();
    const flushed = new Map<number, boolean>();
    const sync = vi.spyOn(prototype, 'sync').mockImplementation(async function (this: FileHandle) {
      flushed.set((await this.stat()).ino, existsSync(target));
    });
    await writeModelDirectory(contents(target, [small]));
    sync.mockRestore();
    for (const name of ['weights.parquet', 'metadata.json', '.'])
      expect(flushed.get((await stat(join(target, name))).ino), name).toBe(false);
    expect(flushed.get((await stat(work)).ino)).toBe(true);
  });
});

describe('a tensor that is larger than the decoder takes', () => {
  it('is written and read back uncompressed', async () => {
    let bytes = 0;
    await writeModelDirectory(contents(join(work, 'plain'), [large, small]), (n) => (bytes += n), MEBIBYTE);
    expect(bytes).toBe(2 * (64 * MEBIBYTE + 100));
  });

  it.each([
    ['decoded', 128 * MEBIBYTE],
    ['not decoded', MEBIBYTE],
  ])('is refused where it is read back different: %s', async (_, largest) => {
    const target = join(work, `changed-${largest}`);
    async function* changing() {
      yield large;
      // It has been written.
      const file = await open(join(scratchOf(target), 'model/weights.parquet'), 'r+');
      await file.write(Uint8Array.of(0xff), 0, 1, 40 * MEBIBYTE);
      await file.close();
      yield small;
    }
    await expect(writeModelDirectory(contents(target, changing()), undefined, largest)).rejects.toMatchObject(
      {
        reason: 'WEIGHTS_CORRUPT',
        message: expect.stringContaining('tensor large was read back different') as string,
      },
    );
  });

  const refusal = {
    reason: 'WEIGHTS_SCHEMA',
    message: expect.stringMatching(
      /weights\.parquet: tensor large has 64 MiB; .* up to 1 MiB\. .*--compression none/,
    ) as string,
  };

  it('is not compressed', async () => {
    const before = await readdir(work);
    const request = { ...contents(join(work, 'packed'), [small, large]), compression: 'zstd' } as const;
    await expect(writeModelDirectory(request, undefined, MEBIBYTE)).rejects.toMatchObject(refusal);
    expect(await readdir(work)).toEqual(before);
  });

  it('is listed in a file that has to be decoded, and not read', async () => {
    const target = join(work, 'decoded');
    await writeModelDirectory({ ...contents(target, [small, large]), compression: 'zstd' });
    const file = await decodeTensors(join(target, 'weights.parquet'), undefined, MEBIBYTE);
    expect(file.headers.map(({ name }) => name)).toEqual(['small', 'large']);
    await expect(
      (file.read() as AsyncIterable<StoredTensor>)[Symbol.asyncIterator]().next(),
    ).rejects.toMatchObject(refusal);
    file.close();
  });
});
