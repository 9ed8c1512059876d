import { type Logger, messageOf, silentLogger } from '@triptych/core';
import type { Place, Waiting } from '../queue/batch-queue.js';
import type { InferenceWorker } from '../session/inference-worker.js';
import type { RunReply, RunRequest } from '../session/protocol.js';

/** How an encoder's sessions are made and used. */
export interface SessionsOptions<Item> {
  /** Sessions beside the first that compute short items side by side. */
  readonly narrow: number;
  readonly startNarrow: () => Promise<InferenceWorker>;
  /** Whether an item's run is so short that threads would wait for each other as long as they compute. */
  readonly isShort: (item: Item) => boolean;
  /** So many items of this one's size are a run that is short. */
  readonly itemsOfShortRun: (item: Item) => number;
  readonly logger?: Logger;
}

/** Batches handed to a session at a time: two keep it busy while the first one's results are sent. */
const IN_FLIGHT = 2;

/** Where two are no short run, more are no faster on one thread, and take more memory. */
const LEAST_NARROW_BATCH = 2;

/** So many must wait: an item is done sooner on all threads, and of two the second one not much later. */
const CROWD = 3;

interface Session {
  readonly worker: InferenceWorker;
  inFlight: number;
}

/**
 * The sessions of one encoder. The wide one computes an item on all threads: whatever comes alone, and what takes long. Where short
 * items wait for each other, narrow ones compute them side by side: threads of one run wait for the slowest at every operator,
 * those of several do not. They are started when they are first missed. See docs/decisions/instances.md.
 */
export class Sessions<Item> {
  readonly #wide: Session;
  readonly #narrow: Session[] = [];
  #starting: Promise<unknown> | undefined;
  #isClosed = false;

  constructor(
    wide: InferenceWorker,
    private readonly options: SessionsOptions<Item>,
  ) {
    this.#wide = { worker: wide, inFlight: 0 };
  }

  /** Where the next batch is to go; undefined: nowhere yet. */
  place(next: Item, { items, crowd }: Waiting): Place<RunRequest, RunReply> | undefined {
    const { narrow, isShort, itemsOfShortRun } = this.options;
    const isForNarrow = narrow > 0 && isShort(next);
    if (isForNarrow && crowd >= CROWD) this.#start();
    const ready = this.#narrow.filter(({ worker }) => worker.ready);
    const least = ready.reduce<Session | undefined>(
      (a, b) => (a && a.inFlight <= b.inFlight ? a : b),
      undefined,
    );
    const isBusy = this.#narrow.some(({ inFlight }) => inFlight > 0);
    // What they have begun, they go on with; and a wide one that is being replaced leaves everything to them.
    const isNarrow = isForNarrow && (crowd >= CROWD || (isBusy && least?.inFlight === 0));
    if (!least || (!isNarrow && this.#wide.worker.ready))
      return isBusy ? undefined : this.#placeIn(this.#wide, Infinity);
    if (this.#wide.inFlight > 0) return undefined;
    const most = Math.max(LEAST_NARROW_BATCH, itemsOfShortRun(next));
    return this.#placeIn(least, Math.min(most, Math.ceil(items / ready.length)));
  }

  #placeIn(session: Session, most: number): Place<RunRequest, RunReply> | undefined {
    if (session.inFlight >= IN_FLIGHT) return undefined;
    const run = async (request: RunRequest) => {
      session.inFlight++;
      return session.worker.run(request).finally(() => session.inFlight--);
    };
    return { most, isAhead: session.inFlight > 0, run };
  }

  #start(): void {
    const { narrow, startNarrow, logger = silentLogger } = this.options;
    this.#starting ??= (async () => {
      for (let i = 0; i < narrow && !this.#isClosed; i++)
        this.#narrow.push({ worker: await startNarrow(), inFlight: 0 });
    })().catch((thrown: unknown) => logger.warn({ err: messageOf(thrown) }, 'no more sessions side by side'));
  }

  /** Times a dead worker was replaced. */
  get restarts(): number {
    return [this.#wide, ...this.#narrow].reduce((sum, { worker }) => sum + worker.restarts, 0);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#starting;
    await Promise.all([this.#wide, ...this.#narrow].map(({ worker }) => worker.close()));
  }
}
