import { stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { inWorker, startWorker, type WeightsWorker } from './in-worker.js';
import type { StoredWeights } from './loaded-weights.js';
import { type Assembled, type AssembleRequest, joinShares } from './model-directory/assemble.js';
import type { Placed } from './model-directory/place.js';

/** From this size on a second reader pays for its start. */
const LARGE_FILE_BYTES = 64 * 1024 * 1024;
/** Each takes memory for a row group of its own. */
const MOST_READERS = 4;

/** Large files are decoded by several workers, each a share of the row groups. */
export async function assemble(request: Omit<AssembleRequest, 'share'>): Promise<Assembled> {
  const first = await startWorker(request.path);
  return assembleWith(first, request).finally(() => first.close());
}

async function assembleWith(
  first: WeightsWorker,
  request: Omit<AssembleRequest, 'share'>,
): Promise<Assembled> {
  const { path } = request;
  const bytes = (await stat(path).catch(() => undefined))?.size ?? 0;
  const of = bytes < LARGE_FILE_BYTES ? 1 : Math.min(MOST_READERS, availableParallelism());
  const shares = Array.from({ length: of }, (_, index) => {
    const share = { ...request, share: { index, of } };
    return index === 0
      ? first.call<Assembled>('assemble', share)
      : inWorker<Assembled>(path, 'assemble', share);
  });
  return joinShares(await Promise.all(shares));
}

/** Leaves tensors in their file, where it is uncompressed, and reads it for their digests meanwhile; else decodes it, `after` that. */
export async function placeOrAssemble(
  request: Omit<AssembleRequest, 'share'>,
  after?: Promise<unknown>,
): Promise<StoredWeights> {
  const worker = await startWorker(request.path);
  const stored = await place(worker, request, after).catch(async (thrown: unknown) => {
    await worker.close();
    throw thrown;
  });
  // Awaited by who loads; until then a failure must not count as unhandled.
  stored.read.finally(() => worker.close()).catch(() => undefined);
  return stored;
}

async function place(
  worker: WeightsWorker,
  request: Omit<AssembleRequest, 'share'>,
  after: Promise<unknown> | undefined,
): Promise<StoredWeights> {
  const placed = await worker.call<Placed | undefined>('place', request);
  if (!placed) {
    await after?.catch(() => undefined);
    const { digests, ...weights } = await assembleWith(worker, request);
    return { weights, read: Promise.resolve({ tensors: weights.tensors, digests }) };
  }
  const { located, ...weights } = placed;
  const digests = worker.call<Map<string, string>>('digest', { path: request.path, located });
  return { weights, read: digests.then((all) => ({ tensors: weights.tensors, digests: all })) };
}
