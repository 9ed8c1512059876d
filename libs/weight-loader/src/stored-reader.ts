import { assembleWith } from './assemble-in-workers.js';
import { startWorker, type WeightsWorker } from './in-worker.js';
import type { StoredWeights } from './loaded-weights.js';
import type { Placed } from './model-directory/place.js';
import type { Wanted } from './model-directory/plan.js';

/** A worker that stays for as long as somebody reads with it. */
interface SharedWorker {
  readonly worker: Promise<WeightsWorker>;
  readers: number;
}

/** Reads parts of a weights file as they are stored. Parts that are read at the same time share what finding them takes. */
export class StoredReader {
  #shared: SharedWorker | undefined;

  constructor(private readonly path: string) {}

  /** Leaves tensors in their file, where it is uncompressed, and reads it for their digests meanwhile; else decodes it, `after` that. */
  async read(wanted: Wanted, after?: Promise<unknown>): Promise<StoredWeights> {
    const { path } = this;
    const shared = (this.#shared ??= { worker: startWorker(path), readers: 0 });
    shared.readers += 1;
    try {
      const worker = await shared.worker;
      const placed = await worker.call<Placed | undefined>('place', { path, ...wanted });
      if (placed) {
        const { located, ...weights } = placed;
        const digests = worker.call<Map<string, string>>('digest', { path, located });
        const read = digests.then((all) => ({ tensors: weights.tensors, digests: all }));
        // Awaited by who loads; until then a failure must not count as unhandled.
        read.finally(() => this.#leave(shared)).catch(() => undefined);
        return { weights, read };
      }
    } catch (thrown) {
      await this.#leave(shared);
      throw thrown;
    }
    await after?.catch(() => undefined);
    return this.#decode(wanted, await this.#keep(shared));
  }

  async #decode(wanted: Wanted, worker: WeightsWorker): Promise<StoredWeights> {
    try {
      const { digests, ...weights } = await assembleWith(worker, { path: this.path, ...wanted });
      return { weights, read: Promise.resolve({ tensors: weights.tensors, digests }) };
    } finally {
      await worker.close();
    }
  }

  /** A worker of one's own, for decoding, after which its memory stays large: the shared one, where nobody else uses it. */
  #keep(shared: SharedWorker): Promise<WeightsWorker> {
    if (this.#without(shared)) return shared.worker;
    return startWorker(this.path);
  }

  async #leave(shared: SharedWorker): Promise<void> {
    if (this.#without(shared)) await (await shared.worker).close();
  }

  /** One reader less; whether it was the last. */
  #without(shared: SharedWorker): boolean {
    shared.readers -= 1;
    if (shared.readers > 0) return false;
    if (this.#shared === shared) this.#shared = undefined;
    return true;
  }
}
