import { type AudioClip, AudioEncoding, readEmbedding, type TriptychClient } from '@triptych/client';
import { TriptychError } from '@triptych/core';
import { mutate } from './mutate.js';

const BATCH = 15;

/**
 * Mutated containers in batches, each beside an untouched clip: every item must get a vector or an error that is not
 * the server's fault, and the untouched clip its own vector. Returns how often each outcome came.
 */
export async function fuzzContainers(
  client: TriptychClient,
  files: readonly Uint8Array[],
  count: number,
  next: () => number,
): Promise<Map<string, number>> {
  const format = { encoding: AudioEncoding.AUDIO_ENCODING_CONTAINER };
  const clip = (data: Uint8Array): AudioClip => ({ format, data: Buffer.from(data) });
  const whole = clip(files[0]);
  const reference = await client.encodeAudio({ clips: [whole] });
  const expected = readEmbedding(reference.results[0].embedding!).values;
  const outcomes = new Map<string, number>();
  for (let done = 0; done < count; done += BATCH) {
    const mutated = Array.from({ length: Math.min(BATCH, count - done) }, (_, i) =>
      clip(mutate(files[(done + i) % files.length], next)),
    );
    const { results } = await client.encodeAudio({ clips: [...mutated, whole] });
    for (const { error } of results.slice(0, -1)) {
      const outcome = error?.reason ?? 'a vector';
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    const { embedding, error } = results[mutated.length];
    const found = embedding && readEmbedding(embedding).values;
    if (!found?.every((value, i) => Math.abs(value - expected[i]) < 1e-5)) {
      throw new TriptychError(
        'INTERNAL',
        `an untouched clip suffered: ${error?.message ?? 'another vector'}`,
      );
    }
  }
  return outcomes;
}
