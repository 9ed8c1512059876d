import { assembleInWorkers } from './assemble-in-workers.js';
import { startWorker } from './in-worker.js';
import type { StoredWeights } from './loaded-weights.js';
import { checkState } from './model-directory/file-state.js';
import type { Placed } from './model-directory/place.js';
import type { Wanted } from './model-directory/plan.js';

/** How stored weights are read. */
export interface ReadOptions {
  /** Weights that have to be decoded are so once this has settled: they take memory until a session has copied them. */
  readonly after?: Promise<unknown> | undefined;
  /** Ends reading, that of the digests too. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads tensors of a weights file as they are stored. Where they lie in it as they are they are left there, and read for their digests
 * while they are made use of. Else they are decoded, `after` that has settled. `signal` ends all of it.
 */
export async function readStored(
  path: string,
  wanted: Wanted,
  { after, signal }: ReadOptions = {},
): Promise<StoredWeights> {
  const placed = await placeStored(path, wanted, signal);
  if (placed) return placed;
  await after?.catch(() => undefined);
  const { digests, ...weights } = await assembleInWorkers({ path, ...wanted }, signal);
  return { weights, read: Promise.resolve({ tensors: weights.tensors, digests }) };
}

async function placeStored(
  link: string,
  wanted: Wanted,
  signal: AbortSignal | undefined,
): Promise<StoredWeights | undefined> {
  const worker = await startWorker(link, signal);
  let reading: Promise<unknown> = Promise.resolve();
  try {
    const placed = await worker.call<Placed | undefined>('place', { path: link, ...wanted });
    if (!placed) return undefined;
    const { path, state, located, ...placedWeights } = placed;
    const weights = { ...placedWeights, checkPlace: () => checkState(path, state) };
    const digested = worker.call<Map<string, string>>('digest', { path, names: wanted.names, located });
    const read = digested.then((digests) => ({ tensors: weights.tensors, digests }));
    reading = read;
    return { weights, read };
  } finally {
    // Whoever loads awaits what is read; until then a failure must not count as unhandled.
    void reading.catch(() => undefined).then(() => worker.close());
  }
}
