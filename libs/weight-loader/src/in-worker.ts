import type { Transferable } from 'node:worker_threads';
import { abortError, TriptychError, WorkerHost, workerEntry } from '@triptych/core';
import { inFile } from './in-file.js';

/** A weights worker that has started. */
export interface WeightsWorker {
  /** Rejects with a TriptychError that names the file, where what was thrown does not. */
  call<T>(method: string, argument: unknown, transfer?: readonly Transferable[]): Promise<T>;
  close(): Promise<void>;
}

/** Starts a worker for what is done with the file at `path`. It ends at once, and its calls with it, when `signal` aborts. */
export async function startWorker(path: string, signal?: AbortSignal): Promise<WeightsWorker> {
  const entry = workerEntry(import.meta.url, './weights-worker.js');
  const host = await WorkerHost.start({ entry, name: 'weights', signal });
  const onAbort = () => void host.kill();
  signal?.addEventListener('abort', onAbort, { once: true });
  return {
    call: <T>(method: string, argument: unknown, transfer: readonly Transferable[] = []) =>
      host.call<T>(method, argument, { transfer }).catch((thrown: unknown) => {
        if (signal?.aborted) throw abortError(signal);
        // A trap in the WebAssembly reader ends the worker: the file is what it choked on.
        if (
          thrown instanceof TriptychError &&
          thrown.reason !== 'WORKER_LOST' &&
          thrown.reason !== 'INTERNAL'
        )
          throw inFile(path, thrown);
        throw new TriptychError('WEIGHTS_CORRUPT', `${path}: cannot be decoded; the file is damaged`, {
          cause: thrown,
        });
      }),
    close: () => {
      signal?.removeEventListener('abort', onAbort);
      return host.close();
    },
  };
}

/** One call to a worker of its own. `signal` ends it. */
export async function inWorker<T>(
  path: string,
  method: string,
  argument: unknown,
  transfer?: readonly Transferable[],
  signal?: AbortSignal,
): Promise<T> {
  const worker = await startWorker(path, signal);
  try {
    return await worker.call<T>(method, argument, transfer);
  } finally {
    await worker.close();
  }
}
