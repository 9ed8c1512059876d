import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TriptychError, type WeightSet } from '@triptych/core';
import { families, finderOf } from '@triptych/model-families';
import { type ModelDirectory, openModelDirectory } from '@triptych/weight-loader';
import { mutate } from './mutate.js';

const LANES = 3;

const metadata = JSON.stringify({
  model_name: 'fuzz',
  model_type: 'whisper',
  architecture: 'WhisperModel',
  config: {},
  total_parameters: 0,
  num_weight_tensors: 0,
});

/**
 * Mutated Parquet files, of one that is decoded and one whose tensors stay where they lie, in turn: each must load, or be refused
 * as bad weights. Returns how often each outcome came.
 */
export async function fuzzWeights(
  files: readonly Uint8Array[],
  count: number,
  next: () => number,
): Promise<Map<string, number>> {
  const work = await mkdtemp(join(tmpdir(), 'triptych-fuzz-'));
  const outcomes = new Map<string, number>();
  let left = count;
  const lane = async (_: unknown, index: number) => {
    const model = join(work, `${index}`);
    await mkdir(model);
    await writeFile(join(model, 'metadata.json'), metadata);
    const directory = await openModelDirectory(model, finderOf(families));
    while (left-- > 0) {
      await writeFile(join(model, 'weights.parquet'), mutate(files[left % files.length], next));
      const outcome = await load(directory).then(
        ({ parts }) => (parts.some((part) => typeof part === 'string') ? 'loaded in place' : 'loaded'),
        (thrown: unknown) => {
          const error = TriptychError.from(thrown);
          if (error.code !== 'bad-weights') throw error;
          return error.reason;
        },
      );
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
  };
  try {
    await Promise.all(Array.from({ length: LANES }, lane));
  } finally {
    await rm(work, { recursive: true });
  }
  return outcomes;
}

async function load(directory: ModelDirectory): Promise<WeightSet> {
  const { weights, read } = await directory.loadStored();
  await read;
  return weights;
}
