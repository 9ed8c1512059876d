import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { WeightSet } from '@triptych/core';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listWeights, writeModel } from './load.js';
import type { StoredTensor } from './numbers/stored-tensor.js';
import { openTensors } from './parquet/open-tensors.js';
import { readFloats } from './read-floats.js';
import { encodeSafetensors } from './safetensors/encode.js';
import { convertFrom, openModel } from './testing/layouts.js';

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));
let work: string;
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'triptych-stored-'));
});
afterAll(() => rm(work, { recursive: true }));

/** A model directory around a weights file that another program or an earlier version wrote. */
async function directoryOf(file: string): Promise<string> {
  const directory = await mkdtemp(join(work, 'model-'));
  await cp(fixture(file), join(directory, 'weights.parquet'));
  const { tensors } = await listWeights(fixture(file));
  const metadata = {
    model_name: 'stored',
    model_type: 'whisper',
    architecture: 'WhisperModel',
    config: {},
    total_parameters: tensors.reduce((sum, { parameters }) => sum + parameters, 0),
    num_weight_tensors: tensors.length,
  };
  await writeFile(join(directory, 'metadata.json'), JSON.stringify(metadata));
  return directory;
}

/** The same model as we write it, uncompressed. */
async function rewritten(directory: string): Promise<string> {
  const { metadata: found, architecture, preprocessor, files } = await openModel(directory);
  const metadata = { ...found, architecture };
  const tensors: StoredTensor[] = [];
  const file = await openTensors(join(directory, 'weights.parquet'));
  for await (const { data, quantization, ...tensor } of file.read()) {
    const zeroPoints = quantization?.zeroPoints ?? new Float32Array(quantization?.scales.length ?? 0);
    tensors.push({
      ...tensor,
      data: Uint8Array.from(data),
      // We write zero points wherever there are scales.
      quantization: quantization && { ...quantization, zeroPoints },
    });
  }
  file.close();
  const target = `${directory}-rewritten`;
  await writeModel({ target, metadata, preprocessor, description: files, tensors, schema: 'V2' });
  return target;
}

/** A converted model of tensors large and small: odd offsets, several of them in a row group. */
async function converted(name: string, compression: 'none' | 'zstd', dtype: 'float16' | 'float32') {
  const source = join(work, `${name}-hf`);
  const sizes = [3, 4_000_000, 17, 300_000, 300_001, 1];
  const tensors = sizes.map((size, i) => ({
    name: `model.encoder.${'n'.repeat(i + 1)}`,
    shape: [size],
    values: Float32Array.from({ length: size }, (_, k) => ((k * 2654435761) % 2 ** 20) / 2 ** 18 - i),
  }));
  await mkdir(source);
  await writeFile(join(source, 'config.json'), JSON.stringify({ model_type: 'whisper' }));
  await writeFile(join(source, 'model.safetensors'), encodeSafetensors(tensors));
  const target = join(work, name);
  await convertFrom({ source, target, dtype, compression, modelName: name, converterVersion: '1' });
  return target;
}

/** Each tensor's values, upcast, in a form that compares fast. */
const valuesOf = (set: WeightSet) =>
  new Map(
    [...set.tensors.keys()].map((name) => [
      name,
      createHash('sha256').update(readFloats(set, name)).digest('hex'),
    ]),
  );

/** What a directory's weights are, stored and upcast: the same. */
async function loadBoth(path: string) {
  const directory = await openModel(path);
  const stored = await directory.loadStored();
  const loaded = await directory.load();
  const read = await stored.read;
  expect(await directory.identify([read])).toEqual(await directory.identify([loaded]));
  expect(valuesOf(stored.weights)).toEqual(valuesOf(loaded.weights));
  return stored.weights;
}

describe('weights as they are stored', () => {
  it('stay in a file of ours that is not compressed, but for int8 that is computed in float32', async () => {
    const directory = await directoryOf('v2.parquet');
    const foreign = await loadBoth(directory);
    const { tensors, parts } = await loadBoth(await rewritten(directory));
    expect(parts.map((part) => typeof part)).toEqual(['string', 'object']);
    expect([...tensors].map(([name, { type, part }]) => [name, type, part])).toEqual([
      ['float', 'float32', 0],
      ['brain', 'bfloat16', 0],
      ['per_tensor', 'float32', 1],
      ['per_channel', 'float32', 1],
      ['per_group', 'float32', 1],
    ]);
    expect(valuesOf({ tensors, parts })).toEqual(valuesOf(foreign));
  });

  it.each(['none', 'zstd'] as const)(
    'are decoded by the library alone where that is asked for, compression %s',
    async (compression) => {
      const directory = await openModel(await converted(`library-${compression}`, compression, 'float16'));
      const own = await directory.loadStored();
      const decoded = await directory.loadStored(undefined, { reader: 'decoder' });
      expect(decoded.weights.parts.every((part) => part instanceof ArrayBuffer)).toBe(true);
      expect(valuesOf(decoded.weights)).toEqual(valuesOf(own.weights));
      expect(await directory.identify([await decoded.read])).toEqual(
        await directory.identify([await own.read]),
      );
    },
  );

  it.each(['v2.parquet', 'uncompressed-dictionary.parquet'])(
    'are decoded from what other programs wrote: %s',
    async (file) => {
      const { parts } = await loadBoth(await directoryOf(file));
      expect(parts.every((part) => part instanceof ArrayBuffer)).toBe(true);
    },
  );

  it.each(['uncompressed.parquet', 'uncompressed-pages-v2.parquet', 'earlier-uncompressed.parquet'])(
    'stay in a file of plain pages that other programs wrote, but for int8: %s',
    async (file) => {
      const { parts } = await loadBoth(await directoryOf(file));
      expect(parts.map((part) => typeof part)).toEqual(['string', 'object']);
    },
  );

  it.each(['float16', 'float32'] as const)('are those that were converted to %s', async (dtype) => {
    const plain = await loadBoth(await converted(`plain-${dtype}`, 'none', dtype));
    const packed = await loadBoth(await converted(`packed-${dtype}`, 'zstd', dtype));
    expect(plain.parts).toEqual([join(work, `plain-${dtype}`, 'weights.parquet')]);
    expect(packed.parts.every((part) => part instanceof ArrayBuffer)).toBe(true);
    expect(new Set([...plain.tensors.values()].map(({ type }) => type))).toEqual(new Set([dtype]));
    expect(valuesOf(plain)).toEqual(valuesOf(packed));
  });

  it.each(['uncompressed.parquet', 'v2.parquet'])(
    'are read in parts at the same time, and again: %s',
    async (file) => {
      const path = await directoryOf(file);
      const directory = await openModel(path);
      const whole = valuesOf((await directory.load()).weights);
      for (let round = 0; round < 2; round++) {
        const first = directory.loadStored(/float|brain/);
        const parts = await Promise.all([first, directory.loadStored(/^per/, { after: first })]);
        const values = parts.map(({ weights }) => [...valuesOf(weights)]);
        expect(values.map((part) => part.length)).toEqual([2, 3]);
        expect(new Map(values.flat())).toEqual(whole);
        const read = await Promise.all(parts.map((part) => part.read));
        expect((await directory.identify(read)).fingerprint).toMatch(/^[0-9a-f]{64}$/);
      }
    },
  );

  it('lie in the file itself where a link of the cache of a hub leads to it', async () => {
    const target = await converted('cached', 'none', 'float16');
    const cache = join(work, 'models--open--tiny');
    const linked = join(cache, 'snapshots/0123');
    const blob = join(cache, 'blobs/abc');
    await cp(target, linked, { recursive: true });
    await mkdir(join(cache, 'blobs'));
    await rename(join(linked, 'weights.parquet'), blob);
    await symlink('../../blobs/abc', join(linked, 'weights.parquet'));
    expect((await loadBoth(linked)).parts).toEqual([blob]);
  });

  it('are not those of a file that was put in its place while it was loaded, even of the same bytes', async () => {
    const directory = await converted('replaced', 'none', 'float16');
    const path = join(directory, 'weights.parquet');
    await cp(path, `${path}.new`);
    const { weights, read } = await (await openModel(directory)).loadStored();
    await read;
    await expect(weights.checkPlace?.()).resolves.toBeUndefined();
    await rename(`${path}.new`, path);
    await expect(weights.checkPlace?.()).rejects.toMatchObject({
      reason: 'WEIGHTS_CORRUPT',
      message: expect.stringContaining('was replaced while it was loaded; load it again') as string,
    });
  });

  it('a file that was cut or changed anywhere is refused, or has changed no weight', async () => {
    const path = await converted('damaged', 'none', 'float16');
    const bytes = await readFile(join(path, 'weights.parquet'));
    const directory = await openModel(path);
    const original = valuesOf((await directory.loadStored()).weights);
    const outcome = async (damaged: Uint8Array) => {
      await writeFile(join(path, 'weights.parquet'), damaged);
      try {
        const { weights, read } = await directory.loadStored();
        await directory.identify([await read]);
        return valuesOf(weights);
      } catch (thrown) {
        return (thrown as { code: string }).code;
      }
    };
    const at = fc.integer({ min: 0, max: bytes.length - 1 });
    await fc.assert(
      fc.asyncProperty(at, async (length) => {
        expect(await outcome(bytes.subarray(0, length))).toBe('bad-weights');
      }),
      { numRuns: 5 },
    );
    await fc.assert(
      fc.asyncProperty(at, fc.integer({ min: 1, max: 255 }), async (place, mask) => {
        const flipped = Buffer.from(bytes);
        flipped[place] ^= mask;
        const found = await outcome(flipped);
        if (typeof found === 'string') expect(found).toBe('bad-weights');
        else expect(found).toEqual(original);
      }),
      {
        numRuns: 15,
        examples: [...[0, 4, 30, 60, 90].map((n): [number, number] => [n, 1]), [bytes.length - 60, 4]],
      },
    );
  });
});
