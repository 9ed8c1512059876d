import { abortError, type Caller, FairOrder, type Queueing, TriptychError } from '@triptych/core';
import type { DecoderLimits } from './decoder-options.js';

/** What a source takes of what there is. */
interface Share {
  readonly bytes: number;
  readonly beams: number;
}

interface Entry extends Queueing, Share {
  readonly enter: () => void;
}

/** Room for what is decoded at a time, and those that wait for some, in a fair order over their callers. */
export class DecoderRoom {
  readonly #waiting = new FairOrder<Entry>();
  #bytes = 0;
  #sequences = 0;

  constructor(private readonly limits: DecoderLimits) {}

  /** What is taken, and how many wait. */
  get load(): { readonly sequences: number; readonly bytes: number; readonly waiting: number } {
    return { sequences: this.#sequences, bytes: this.#bytes, waiting: this.#waiting.size };
  }

  /** Takes a share once there is room. Rejects with OVERLOADED where as many wait as may, or where this alone is more than all may take; or with CANCELLED. */
  async enter({ bytes, beams }: Share, caller: Caller, signal?: AbortSignal): Promise<void> {
    const { maxCacheBytes, maxSequences, maxWaiting } = this.limits;
    if (signal?.aborted) throw abortError(signal);
    if (bytes > maxCacheBytes || beams > maxSequences) {
      throw new TriptychError(
        'OVERLOADED',
        `decoding this takes ${bytes} bytes of caches and ${beams} sequences; all together may take ${maxCacheBytes} and ${maxSequences}`,
      );
    }
    if (this.#waiting.size === 0 && this.#fits({ bytes, beams })) {
      this.#take({ bytes, beams });
      return;
    }
    if (this.#waiting.size >= maxWaiting)
      throw new TriptychError('OVERLOADED', `${maxWaiting} wait to be decoded already; try again later`);
    await new Promise<void>((resolve, reject) => {
      const onAbort = () => {
        if (!this.#waiting.remove(entry)) return;
        reject(abortError(signal));
        // Others may have waited behind it.
        this.#letIn();
      };
      const enter = () => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      };
      const entry: Entry = { bytes, beams, caller, deadline: Infinity, enter };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#waiting.add(entry);
    });
  }

  /** Gives back what was taken. */
  leave({ bytes, beams }: Share): void {
    this.#bytes -= bytes;
    this.#sequences -= beams;
    this.#letIn();
  }

  #fits({ bytes, beams }: Share): boolean {
    const { maxCacheBytes, maxSequences } = this.limits;
    return this.#bytes + bytes <= maxCacheBytes && this.#sequences + beams <= maxSequences;
  }

  #take({ bytes, beams }: Share): void {
    this.#bytes += bytes;
    this.#sequences += beams;
  }

  /** Whoever is first waits until there is room for it: small ones do not overtake a large one for ever. */
  #letIn(): void {
    for (let first = this.#waiting.first; first && this.#fits(first); first = this.#waiting.first) {
      const next = this.#waiting.takeNext(() => true);
      if (!next) return;
      this.#take(next);
      next.enter();
    }
  }
}
