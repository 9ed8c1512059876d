import { stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { inWorker, startWorker, type WeightsWorker } from './in-worker.js';
import { type Assembled, type AssembleRequest, joinShares } from './model-directory/assemble.js';

/** From this size on a second reader pays for its start. */
const LARGE_FILE_BYTES = 64 * 1024 * 1024;
/** Each takes memory for a row group of its own. */
const MOST_READERS = 4;

/** Large files are decoded by several workers, each a share of the row groups. */
export async function assemble(request: Omit<AssembleRequest, 'share'>): Promise<Assembled> {
  const first = await startWorker(request.path);
  return assembleWith(first, request).finally(() => first.close());
}

/** As {@link assemble}, the first of them being one that has started. */
export async function assembleWith(
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
