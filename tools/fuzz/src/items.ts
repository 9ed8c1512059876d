import { readEmbedding } from '@triptych/client';
import { TriptychError } from '@triptych/core';
import { isFault } from './faults.js';
import { mutate } from './mutate.js';

const BATCH = 15;

/** What came of one item. */
interface Outcome {
  readonly embedding?: Parameters<typeof readEmbedding>[0] | null;
  readonly error?: { readonly reason: string; readonly message: string } | null;
}

/**
 * Mutated files in batches, each beside an untouched one: every item must get a vector or an error that is not the
 * server's fault, and the untouched file its own vector. Returns how often each outcome came.
 */
export async function fuzzItems(
  encode: (files: readonly Uint8Array[]) => Promise<readonly Outcome[]>,
  files: readonly Uint8Array[],
  count: number,
  next: () => number,
): Promise<Map<string, number>> {
  const [whole] = files;
  const [reference] = await encode([whole]);
  const expected = readEmbedding(reference.embedding!).values;
  const outcomes = new Map<string, number>();
  for (let done = 0; done < count; done += BATCH) {
    const mutated = Array.from({ length: Math.min(BATCH, count - done) }, (_, i) =>
      mutate(files[(done + i) % files.length], next),
    );
    const results = await encode([...mutated, whole]);
    for (const { error } of results.slice(0, -1)) {
      const outcome = error?.reason ?? 'a vector';
      if (isFault(outcome))
        throw new TriptychError('INTERNAL', `an item was answered with ${outcome}: ${error?.message}`);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    const { embedding, error } = results[mutated.length];
    const found = embedding && readEmbedding(embedding).values;
    if (!found?.every((value, i) => Math.abs(value - expected[i]) < 1e-5)) {
      throw new TriptychError(
        'INTERNAL',
        `an untouched item suffered: ${error?.message ?? 'another vector'}`,
      );
    }
  }
  return outcomes;
}
