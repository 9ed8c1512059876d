import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AudioTower } from '@triptych/audio-encoder';
import { type Encoded, Encoder, type EncoderOptions, InferenceWorker } from '@triptych/inference-core';
import { convertCheckpoint, openModel } from '@triptych/model-families';
import { ImagePreprocessor } from '@triptych/preprocessing';
import type { TextTower } from '@triptych/text-encoder';
import type { ImageTower } from '@triptych/vision-encoder';
import type { ModelDirectory } from '@triptych/weight-loader';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { imagesDirectory, readRecordings } from './golden.js';
import {
  clipJson,
  smallClip,
  whisperJson,
  whisperSizes,
  writeSyntheticCheckpoint,
} from './synthetic-checkpoint.js';

let work: string;
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'triptych-precision-'));
});
afterAll(() => rm(work, { recursive: true }));

describe('one checkpoint, stored as float16 and as float32', () => {
  it('gives means of cosine ≥ 0.99999 to each other, on every recording', async () => {
    const source = join(work, 'hf');
    await writeSyntheticCheckpoint(source, whisperJson(whisperSizes.tiny));
    const means = await Promise.all(
      (['float16', 'float32'] as const).map(async (dtype) => {
        const target = join(work, dtype);
        await convertCheckpoint({ source, target, dtype, converterVersion: '1' });
        return meansOf(target);
      }),
    );
    means[0].forEach((half, i) => expect(cosine(half, means[1][i])).toBeGreaterThanOrEqual(0.99999));
  });

  it('gives images and texts of cosine ≥ 0.99999 to each other', async () => {
    const source = join(work, 'hf-clip');
    await writeSyntheticCheckpoint(source, clipJson(smallClip));
    const [halves, singles] = await Promise.all(
      (['float16', 'float32'] as const).map(async (dtype) => {
        const target = join(work, `clip-${dtype}`);
        await convertCheckpoint({ source, target, dtype, converterVersion: '1' });
        return [...(await imagesOf(target)), ...(await textsOf(target))];
      }),
    );
    expect(halves.length).toBeGreaterThan(10);
    halves.forEach((half, i) => expect(cosine(half, singles[i])).toBeGreaterThanOrEqual(0.99999));
  });
});

/** Projected vectors of a few images. */
async function imagesOf(path: string): Promise<Float32Array[]> {
  const { directory, model } = await openModel(path);
  const tower = model.image as ImageTower;
  const preprocessor = await ImagePreprocessor.start({ workers: 1, decodeTimeoutMs: 10_000, maxPixels: 1e7 });
  const encoder = await Encoder.start(tower, encoderOptions(directory));
  const vectors = ['photo-420.jpg', 'noise.png', 'grey.jpg', 'panorama.png', 'palette.png'].map(
    async (name) => {
      const data = new Uint8Array(readFileSync(imagesDirectory + name));
      const { pixels } = await preprocessor.prepare({ kind: 'encoded', data }, tower.recipe);
      return valuesOf(await encoder.encode({ pixels, pooling: 'projected', form }));
    },
  );
  const found = await Promise.all(vectors);
  await Promise.all([encoder.close(), preprocessor.close()]);
  return found;
}

/** Projected vectors of texts of every length. */
async function textsOf(path: string): Promise<Float32Array[]> {
  const { directory, model } = await openModel(path);
  const encoder = await Encoder.start(model.text as TextTower, encoderOptions(directory));
  const vectors = Array.from({ length: 20 }, async (_, i) => {
    const words = Array.from({ length: 3 * i + 1 }, (_, k) => (k * 7919 + i * 31) % 49_000);
    const item = { ids: [49_406, ...words, 49_407], pooling: 'projected', form } as const;
    return valuesOf(await encoder.encode(item));
  });
  const found = await Promise.all(vectors);
  await encoder.close();
  return found;
}

const form = { normalize: true, dimensions: 0, numbers: 'float32' } as const;

function encoderOptions(directory: ModelDirectory): EncoderOptions {
  return {
    name: directory.directory,
    threads: 2,
    instances: 0,
    weights: async () => (await directory.loadStored()).weights,
    queue: { maxItems: 100, maxBytes: 1e9 },
  };
}

function valuesOf({ result }: { readonly result: Encoded }): Float32Array {
  return new Float32Array(result.embedding.bytes.buffer);
}

async function meansOf(path: string): Promise<Float32Array[]> {
  const { directory, model } = await openModel(path);
  const tower = model.audio as AudioTower;
  const weights = async () => (await directory.loadStored()).weights;
  const worker = await InferenceWorker.start({
    name: path,
    threads: 2,
    graph: () => tower.graph(),
    weights,
  });
  const means: Float32Array[] = [];
  for (const [name, samples] of readRecordings(tower.contextSamples)) {
    if (name === 'full-context') continue;
    const form = { normalize: true, dimensions: 0, numbers: 'float32' } as const;
    const request = tower.request([{ samples: samples.slice(), context: 'trimmed', pooling: 'mean', form }]);
    const { embeddings } = await worker.run(request);
    means.push(new Float32Array(embeddings[0].bytes.buffer));
  }
  await worker.close();
  return means;
}

/** Of unit vectors. */
function cosine(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i], 0);
}
