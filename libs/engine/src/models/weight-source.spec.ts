import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { families, finderOf } from '@triptych/model-families';
import { openModelDirectory, writeModel } from '@triptych/weight-loader';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WeightSource } from './weight-source.js';

let work: string;
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'triptych-source-'));
});
afterAll(() => rm(work, { recursive: true }));

describe.each([
  ['zstd', 'auto'],
  ['none', 'auto'],
  ['none', 'decoder'],
] as const)('weights that are read again, compression %s, reader %s', (compression, reader) => {
  const target = () => join(work, compression + reader);
  /** A model directory of one tensor. */
  const write = (values: readonly number[]) =>
    writeModel({
      target: target(),
      compression,
      schema: 'V1',
      tensors: [
        {
          name: 'layer.weight',
          shape: [2, 2],
          dtype: 'float32',
          data: new Uint8Array(Float32Array.from(values).buffer),
        },
      ],
      preprocessor: undefined,
      description: {},
      metadata: {
        model_name: 'm',
        model_type: 'clip',
        architecture: 'clip',
        config: {},
        total_parameters: 4,
        num_weight_tensors: 1,
        converter_version: '1',
      },
    });

  it('must be those that were announced', async () => {
    await write([1, 2, 3, 4]);
    const source = new WeightSource(await openModelDirectory(target(), finderOf(families)), reader);
    await (
      await source.read()
    ).checked;
    await (
      await source.read()
    ).checked;
    const { fingerprint } = await source.identify();

    await rm(target(), { recursive: true });
    await write([1, 2, 3, 5]);
    await expect((await source.read()).checked).rejects.toMatchObject({ reason: 'WEIGHTS_CORRUPT' });
    expect(source.identity.fingerprint).toBe(fingerprint);

    const path = join(target(), 'weights.parquet');
    await writeFile(path, (await readFile(path)).subarray(0, 100));
    await expect(source.read()).rejects.toMatchObject({ reason: 'WEIGHTS_CORRUPT' });
  });
});
