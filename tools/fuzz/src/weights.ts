import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TriptychError } from '@triptych/core';
import { loadTensor } from '@triptych/weight-loader';
import { mutate } from './mutate.js';

const LANES = 3;

/** Mutated Parquet files: each must load, or be refused as bad weights. Returns how often each outcome came. */
export async function fuzzWeights(
  file: Uint8Array,
  tensor: string,
  count: number,
  next: () => number,
): Promise<Map<string, number>> {
  const work = await mkdtemp(join(tmpdir(), 'triptych-fuzz-'));
  const outcomes = new Map<string, number>();
  let left = count;
  const lane = async (_: unknown, index: number) => {
    const path = join(work, `${index}.parquet`);
    while (left-- > 0) {
      await writeFile(path, mutate(file, next));
      const outcome = await loadTensor(path, tensor).then(
        () => 'loaded',
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
