import { stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { inFile } from './in-file.js';
import { inWorker, type WeightsWorker } from './in-worker.js';
import { type Assembled, type AssembleRequest, joinShares } from './model-directory/assemble.js';

/** From this size on another reader is worth its start. */
const LARGE_FILE_BYTES = 64 * 1024 * 1024;
/** Each has a row group in its memory, as it is in the file and decoded. */
const MOST_READERS = 4;

/**
 * A weights file's tensors in memory. Of large files several workers read a share each, `first` among them where there is one. `signal` ends the
 * others.
 */
export async function assembleInWorkers(
  request: Omit<AssembleRequest, 'share'>,
  { first, signal }: { readonly first?: WeightsWorker; readonly signal?: AbortSignal | undefined } = {},
): Promise<Assembled> {
  const { path } = request;
  // What is not there is for a worker to say.
  const bytes = (await stat(path).catch(() => undefined))?.size ?? 0;
  const of = bytes < LARGE_FILE_BYTES ? 1 : Math.min(MOST_READERS, availableParallelism());
  const shares = Array.from({ length: of }, (_, index) => {
    const share = { ...request, share: { index, of } };
    return first && index === 0
      ? first.call<Assembled>('assemble', share)
      : inWorker<Assembled>(path, 'assemble', share, [], signal);
  });
  const assembled = await Promise.all(shares);
  try {
    return joinShares(assembled);
  } catch (thrown) {
    throw inFile(path, thrown);
  }
}
