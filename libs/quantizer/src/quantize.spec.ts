import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InferenceWorker, type RunRequest } from '@triptych/inference-core';
import { inspectModel, openModel } from '@triptych/model-families';
import type { ImageTower } from '@triptych/vision-encoder';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { quantizeModel, type QuantizeReport } from './quantize.js';
import { prepareImages } from './samples.js';
import type { CalibrationInputs } from './sampled-tower.js';

const root = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const files = async (folder: string) => (await readdir(root(folder))).map((name) => join(root(folder), name));
const form = { normalize: true, dimensions: 0, numbers: 'float32' } as const;

let work: string;
let inputs: CalibrationInputs;
const reports: Record<string, QuantizeReport> = {};

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'triptych-quantize-'));
  const texts = [
    'a sailboat',
    'two dogs at the beach',
    'a cup of coffee',
    'the skyline of a large city at night',
  ];
  inputs = { audio: await files('examples/speech'), images: await files('examples/images'), texts };
  for (const name of ['whisper', 'clip'])
    reports[name] = await quantizeModel({
      source: root(`models/demo/${name}`),
      target: join(work, name),
      inputs,
      compression: 'zstd',
      converterVersion: '1',
    });
});
afterAll(() => rm(work, { recursive: true }));

describe('the demo models in int8', () => {
  it('give vectors of cosine ≥ 0.99 to float, of inputs that did not calibrate', () => {
    const towers = Object.values(reports).flatMap((report) => report.towers);
    expect(towers.map(({ name }) => name)).toEqual(['audio', 'image', 'text']);
    for (const { minCosine, layers, sites } of towers) {
      expect(minCosine).toBeGreaterThanOrEqual(0.99);
      for (const layer of layers) expect(layer.meanCosine).toBeGreaterThanOrEqual(0.99);
      expect(sites.every(({ int8 }) => int8)).toBe(true);
    }
  });

  it.each(['whisper', 'clip'])('take at most 0.27 of the float32 file, compressed: %s', async (name) => {
    const [float, int8] = await Promise.all(
      [root(`models/demo/${name}`), join(work, name)].map((path) => stat(join(path, 'weights.parquet'))),
    );
    expect(int8.size / float.size).toBeLessThanOrEqual(0.27);
  });

  it('are V2 files whose model says what it is', async () => {
    const { schema, tensors } = await inspectModel(join(work, 'clip'));
    expect(schema).toBe('V2');
    expect(new Set(tensors.map(({ dtype }) => dtype))).toEqual(new Set(['int8', 'float16', 'float32']));
    const { directory } = await openModel(join(work, 'clip'));
    const { weightType, fingerprint } = await directory.identify([await directory.load()]);
    expect(weightType).toBe('int8');
    const { directory: original } = await openModel(root('models/demo/clip'));
    expect(fingerprint).not.toBe((await original.identify([await original.load()])).fingerprint);
  });

  it('keep a bound that int8 does not, with as much in float as that takes', async () => {
    const source = root('models/demo/clip');
    const target = join(work, 'strict');
    const strict = await quantizeModel({ source, target, inputs, minCosine: 0.9999, converterVersion: '1' });
    expect([strict.holds, strict.written]).toEqual([true, true]);
    for (const [i, { minCosine, sites }] of strict.towers.entries()) {
      expect(reports['clip'].towers[i].minCosine).toBeLessThan(0.9999);
      expect(minCosine).toBeGreaterThanOrEqual(0.9999);
      const inInt8 = sites.filter(({ int8 }) => int8).length;
      expect(inInt8).toBeGreaterThan(0);
      expect(inInt8).toBeLessThan(sites.length);
    }
  });

  it('are not written where a bound cannot be kept, unless that is wanted', async () => {
    const source = root('models/demo/clip');
    const target = join(work, 'impossible');
    // Nothing but the float model itself is as near.
    const request = { source, target, inputs, minCosine: 1 - 1e-16, converterVersion: '1' };
    const refused = await quantizeModel(request);
    expect([refused.holds, refused.written]).toEqual([false, false]);
    await expect(stat(target)).rejects.toThrow();
    // With all in float again it is the float model, but for what multiplying and dividing rounds.
    for (const { minCosine, sites } of refused.towers) {
      expect(sites.some(({ int8 }) => int8)).toBe(false);
      expect(minCosine).toBeGreaterThan(0.9999999);
    }
    const allowed = await quantizeModel({ ...request, allowBelow: true });
    expect([allowed.holds, allowed.written]).toEqual([false, true]);
    expect((await stat(target)).isDirectory()).toBe(true);
  });

  it('are not quantised a second time', async () => {
    const again = { source: join(work, 'clip'), target: join(work, 'twice'), inputs, converterVersion: '1' };
    await expect(quantizeModel(again)).rejects.toThrow(/quantised already/);
  });

  it('are not made without anything to calibrate with', async () => {
    const request = {
      source: root('models/demo/clip'),
      target: join(work, 'blind'),
      inputs: { ...inputs, images: [] },
      converterVersion: '1',
    };
    await expect(quantizeModel(request)).rejects.toMatchObject({ reason: 'CONFIG_INVALID' });
    await expect(stat(join(work, 'blind'))).rejects.toThrow();
  });
});

describe('an image of an int8 model', () => {
  let images: Uint8Array<ArrayBuffer>[];
  const vectorsOf = async (path: string, batches: number[][], reduceRange?: boolean) => {
    const { directory, model } = await openModel(path);
    const { graph, request } = model.image as ImageTower;
    const worker = await InferenceWorker.start({
      name: path,
      threads: 2,
      reduceRange,
      graph: () => graph(),
      weights: async () => (await directory.load()).weights,
    });
    const vectors: Float32Array[] = [];
    for (const batch of batches) {
      const items = batch.map((i) => ({ pixels: images[i].slice(), pooling: 'projected', form }) as const);
      const { embeddings } = await worker.run(request(items) satisfies RunRequest);
      embeddings.forEach(({ bytes }, at) => (vectors[batch[at]] = new Float32Array(bytes.buffer)));
    }
    await worker.close();
    return vectors;
  };
  const all = () => images.map((_, i) => i);

  beforeAll(async () => {
    const { model } = await openModel(join(work, 'clip'));
    images = await prepareImages((model.image as ImageTower).recipe, inputs.images);
  });

  it('has the same vector whatever it is batched with', async () => {
    const alone = await vectorsOf(
      join(work, 'clip'),
      all().map((i) => [i]),
    );
    const together = await vectorsOf(join(work, 'clip'), [all().reverse()]);
    alone.forEach((vector, i) =>
      vector.forEach((value, d) => expect(Math.abs(value - together[i][d])).toBeLessThanOrEqual(1e-5)),
    );
  });

  it('has nearly the same with one bit less, as CPUs need that saturate', async () => {
    const float = await vectorsOf(root('models/demo/clip'), [all()]);
    const full = await vectorsOf(join(work, 'clip'), [all()], false);
    const reduced = await vectorsOf(join(work, 'clip'), [all()], true);
    const lowest = (vectors: Float32Array[]) => Math.min(...vectors.map((v, i) => cosine(v, float[i])));
    expect(lowest(reduced)).toBeGreaterThanOrEqual(0.99);
    expect(lowest(reduced)).toBeLessThan(lowest(full));
  });
});

/** Of unit vectors. */
function cosine(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i], 0);
}
