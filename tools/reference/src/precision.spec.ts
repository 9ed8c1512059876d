import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { contextSamples, readWhisperConfig, whisperGraph, whisperInputs } from '@triptych/audio-encoder';
import { InferenceWorker } from '@triptych/inference-core';
import { convert, openModelDirectory } from '@triptych/weight-loader';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRecordings } from './golden.js';
import { whisperJson, whisperSizes, writeSyntheticCheckpoint } from './synthetic-checkpoint.js';

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
        await convert({ source, target, dtype, converterVersion: '1' });
        return meansOf(target);
      }),
    );
    means[0].forEach((half, i) => expect(cosine(half, means[1][i])).toBeGreaterThanOrEqual(0.99999));
  });
});

async function meansOf(path: string): Promise<Float32Array[]> {
  const directory = await openModelDirectory(path);
  const config = readWhisperConfig(directory.metadata.config);
  const weights = async () => (await directory.load()).weights;
  const worker = await InferenceWorker.start({
    name: path,
    threads: 2,
    graph: () => whisperGraph(config),
    weights,
  });
  const means: Float32Array[] = [];
  for (const [name, samples] of readRecordings(contextSamples(config))) {
    if (name === 'full-context') continue;
    const padTo = BigInt(Math.ceil(samples.length / 320) * 320);
    const { embeddings } = await worker.run({
      feeds: {
        [whisperInputs.samples]: { type: 'float32', dims: [1, samples.length], data: samples.buffer },
        [whisperInputs.padTo]: { type: 'int64', dims: [1], data: BigInt64Array.of(padTo).buffer },
        [whisperInputs.validFrames]: { type: 'int64', dims: [1], data: BigInt64Array.of(1n).buffer },
      },
      rows: [{ output: 'mean', form: { normalize: true, dimensions: 0, numbers: 'float32' } }],
    });
    means.push(new Float32Array(embeddings[0].bytes.buffer));
  }
  await worker.close();
  return means;
}

/** Of unit vectors. */
function cosine(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i], 0);
}
