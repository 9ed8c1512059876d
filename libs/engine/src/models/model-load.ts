import { setMaxListeners } from 'node:events';
import { clientGone, type TriptychError } from '@triptych/core';
import type { ServedModel } from './served-model.js';
import { type Waiting, waitFor } from './wait-for.js';

/** Who waits for a load: a caller who asked for it to be loaded, or a call that needs the model. */
export type WaitingKind = 'caller' | 'call';

/**
 * A load of a model, under way or waiting for its turn. It is cancelled where nobody waits for it any more. One that calls alone
 * waited for goes on once it has its memory: a model that takes longer to load than calls wait would else never serve.
 */
export class ModelLoad {
  readonly #cancelled = new AbortController();
  readonly #done: Promise<ServedModel>;
  #waiting = 0;
  #isOver = false;
  /** It has its place in the budget. */
  hasMemory = false;
  /** A caller has asked for it, not only calls that need the model. */
  isAsked = false;

  constructor(
    private readonly model: string,
    /** Others who want the model may wait for it, too. */
    readonly isShared: boolean,
    work: (load: ModelLoad) => Promise<ServedModel>,
  ) {
    // Every worker that has to do with it listens, readers of shares of a large file too: no leak.
    setMaxListeners(0, this.#cancelled.signal);
    this.#done = work(this).finally(() => (this.#isOver = true));
    this.#done.catch(() => undefined);
  }

  /** Aborts when it is cancelled. */
  get signal(): AbortSignal {
    return this.#cancelled.signal;
  }

  /** Rejects as the load does, with what it was cancelled with, or with CANCELLED or DEADLINE_PASSED. */
  async wait(kind: WaitingKind, until: Waiting): Promise<ServedModel> {
    this.#waiting++;
    if (kind === 'caller') this.isAsked = true;
    try {
      return await waitFor(this.#done, until, `model ${this.model} was loaded`);
    } finally {
      this.#waiting--;
      const goesOn = kind === 'call' && this.hasMemory;
      if (this.#waiting === 0 && !goesOn) this.cancel(clientGone);
    }
  }

  /** Ends it, whatever it is at. One that has settled stays as it is. */
  cancel(why: TriptychError): void {
    if (!this.#isOver) this.#cancelled.abort(why);
  }
}
