import type { Transferable } from 'node:worker_threads';
import { TriptychError, WorkerHost, workerEntry } from '@triptych/core';

/** A weights worker that has started. */
export interface WeightsWorker {
  /** Rejects with a TriptychError that names the file, where what was thrown does not. */
  call<T>(method: string, argument: unknown, transfer?: readonly Transferable[]): Promise<T>;
  close(): Promise<void>;
}

/** Starts a worker for what is done with the file at `path`. */
export async function startWorker(path: string): Promise<WeightsWorker> {
  const entry = workerEntry(import.meta.url, './weights-worker.js');
  const host = await WorkerHost.start({ entry, name: 'weights' });
  return {
    call: <T>(method: string, argument: unknown, transfer: readonly Transferable[] = []) =>
      host.call<T>(method, argument, { transfer }).catch((thrown: unknown) => {
        // A trap in the WebAssembly reader ends the worker: the file is what it choked on.
        if (
          thrown instanceof TriptychError &&
          thrown.reason !== 'WORKER_LOST' &&
          thrown.reason !== 'INTERNAL'
        )
          throw thrown;
        throw new TriptychError('WEIGHTS_CORRUPT', `${path}: cannot be decoded; the file is damaged`, {
          cause: thrown,
        });
      }),
    close: () => host.close(),
  };
}

/** One call to a worker of its own. */
export async function inWorker<T>(
  path: string,
  method: string,
  argument: unknown,
  transfer?: readonly Transferable[],
): Promise<T> {
  const worker = await startWorker(path);
  try {
    return await worker.call<T>(method, argument, transfer);
  } finally {
    await worker.close();
  }
}
