import { assembleInWorkers } from './assemble-in-workers.js';
import { startWorker, type WeightsWorker } from './in-worker.js';
import type { StoredWeights } from './loaded-weights.js';
import { checkState } from './model-directory/file-state.js';
import type { Placed } from './model-directory/place.js';
import type { Wanted } from './model-directory/plan.js';
import type { WeightsReader } from './parquet/open-tensors.js';

/** How stored weights are read. */
export interface ReadOptions {
  /** Default: auto. */
  readonly reader?: WeightsReader | undefined;
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
  { reader = 'auto', after, signal }: ReadOptions = {},
): Promise<StoredWeights> {
  const worker = await startWorker(path, signal);
  let inUse: Promise<unknown> = Promise.resolve();
  try {
    const placed =
      reader === 'auto' ? await worker.call<Placed | undefined>('place', { path, ...wanted }) : undefined;
    if (placed) {
      const stored = storedIn(path, placed, worker, wanted);
      inUse = stored.read;
      return stored;
    }
    await after?.catch(() => undefined);
    const { digests, ...weights } = await assembleInWorkers(
      { path, ...wanted, reader },
      { first: worker, signal },
    );
    return {
      weights: { ...weights, file: path },
      read: Promise.resolve({ tensors: weights.tensors, digests }),
    };
  } finally {
    // Whoever loads awaits what is read; until then a failure must not count as unhandled.
    void inUse.catch(() => undefined).then(() => worker.close());
  }
}

/** `file` is the weights file by the path that it was asked for by, which may be a link to where it lies. */
function storedIn(
  file: string,
  { path, state, located, ...placed }: Placed,
  worker: WeightsWorker,
  { names }: Wanted,
): StoredWeights {
  const weights = { ...placed, file, checkPlace: () => checkState(path, state, file) };
  const digested = worker.call<Map<string, string>>('digest', { path, names, located });
  const read = digested.then((digests) => ({ tensors: weights.tensors, digests }));
  return { weights, read };
}
