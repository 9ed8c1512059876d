import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clipJson, smallClip, writeSyntheticCheckpoint } from '@triptych/reference';
import { convert, openModelDirectory } from '@triptych/weight-loader';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WeightSource } from './weight-source.js';

let work: string;
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'triptych-source-'));
  await writeSyntheticCheckpoint(join(work, 'hf'), clipJson(smallClip), {});
});
afterAll(() => rm(work, { recursive: true }));

describe.each(['zstd', 'none'] as const)('weights that are read again, compression %s', (compression) => {
  it('must be those that were announced', async () => {
    const target = join(work, compression);
    const request = { source: join(work, 'hf'), target, compression, modelName: 'm', converterVersion: '1' };
    await convert({ ...request, dtype: 'float16' });
    const source = new WeightSource(await openModelDirectory(target));
    await (
      await source.read()
    ).checked;
    await (
      await source.read()
    ).checked;
    const { fingerprint } = source.identify();

    await rm(target, { recursive: true });
    await convert({ ...request, dtype: 'float32' });
    await expect((await source.read()).checked).rejects.toMatchObject({ reason: 'WEIGHTS_CORRUPT' });
    expect(source.identify().fingerprint).toBe(fingerprint);

    const path = join(target, 'weights.parquet');
    await writeFile(path, (await readFile(path)).subarray(0, 100));
    await expect(source.read()).rejects.toMatchObject({ reason: 'WEIGHTS_CORRUPT' });
  });
});
