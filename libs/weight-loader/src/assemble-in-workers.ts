import { stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { inWorker } from './in-worker.js';
import { type Assembled, type AssembleRequest, joinShares } from './model-directory/assemble.js';

/** From this size on another reader is worth its start. */
const LARGE_FILE_BYTES = 64 * 1024 * 1024;
/** Each has a row group in its memory, as it is in the file and decoded. */
const MOST_READERS = 4;

/** A weights file's tensors in memory. Of large files several workers read a share each. `signal` ends them. */
export async function assembleInWorkers(
  request: Omit<AssembleRequest, 'share'>,
  signal?: AbortSignal,
): Promise<Assembled> {
  const { path } = request;
  // What is not there is for a worker to say.
  const bytes = (await stat(path).catch(() => undefined))?.size ?? 0;
  const of = bytes < LARGE_FILE_BYTES ? 1 : Math.min(MOST_READERS, availableParallelism());
  const shares = Array.from({ length: of }, (_, index) =>
    inWorker<Assembled>(path, 'assemble', { ...request, share: { index, of } }, [], signal),
  );
  return joinShares(await Promise.all(shares));
}
