import { abortError, type Caller, FairOrder, type Queueing, soleCaller, TriptychError } from '@triptych/core';

export interface BatchQueueOptions<Item, Result> {
  /** Bounds of what waits; what is being computed does not count. */
  readonly maxItems: number;
  readonly maxBytes: number;
  /** Items may share a batch only where their keys are equal. */
  readonly key: (item: Item) => string;
  readonly maxBatch: (item: Item) => number;
  readonly bytes: (item: Item) => number;
  /** Where the next batch is to be computed, whose first item this is; undefined: nowhere yet. */
  readonly place: (first: Item, waiting: Waiting) => Place<readonly Item[], readonly Result[]> | undefined;
  readonly observer?: QueueObserver | undefined;
}

/** What waits: items, and how many of them one more worker would help. See {@link FairOrder.crowd}. */
export interface Waiting {
  readonly items: number;
  readonly crowd: number;
}

/** Where a batch is computed. */
export interface Place<Batch, Results> {
  /** Largest batch. */
  readonly most: number;
  /** Something is being computed there: the batch would be handed over ahead of time. */
  readonly isAhead: boolean;
  /** One result for each item, in order. */
  run(batch: Batch): Promise<Results>;
}

/** Why an item left without a result. */
export type DropReason = 'cancelled' | 'deadline' | 'overloaded';

/** Told what happens in a queue. */
export interface QueueObserver {
  /** A batch starts; each of its items has waited so long. */
  started(waitsMs: readonly number[]): void;
  /** A batch of so many items has ended after so long. */
  ended(runMs: number, items: number): void;
  dropped(reason: DropReason): void;
}

export interface SubmitOptions {
  readonly signal?: AbortSignal | undefined;
  /** Whom it is done for. Default: somebody who shares with nobody. */
  readonly caller?: Caller | undefined;
  /** Milliseconds since the epoch, after which nobody wants the result. */
  readonly deadline?: number | undefined;
  /** When the queue is full: wait for room instead of failing with OVERLOADED. */
  readonly wait?: boolean;
}

export interface Queued<Result> {
  readonly result: Result;
  readonly queueUs: number;
}

/** Weight of the newest batch in the moving average of what batches take. */
const SMOOTHING = 0.2;

/**
 * A batch that takes longer is no short one: the moment in which its worker waits for the next is a small part of it, and whoever
 * comes meanwhile would wait for two of them.
 */
const SHORT_MS = 20;

interface Entry<Item, Result> extends Queueing {
  readonly item: Item;
  readonly bytes: number;
  readonly since: number;
  readonly signal: AbortSignal | undefined;
  readonly onAbort: () => void;
  readonly resolve: (value: Queued<Result>) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Gathers items over all callers into batches, fairly. An idle worker gets an item at once; a busy one finds what came
 * meanwhile in one batch: how long an item waits for others adapts to load by itself. Items whose signal aborts or whose
 * deadline passes leave before they cost anything.
 */
export class BatchQueue<Item, Result> {
  readonly #waiting = new FairOrder<Entry<Item, Result>>();
  /** Where there is no room: in a fair order too, or whoever waits for the most would have all of it. */
  readonly #outside = new FairOrder<Entry<Item, Result>>();
  #bytes = 0;
  /** What a batch takes, without what it waits for the batch before it: a moving average. */
  #batchMs = 0;

  constructor(private readonly options: BatchQueueOptions<Item, Result>) {}

  /** Items that wait, and their bytes. */
  get depth(): { readonly items: number; readonly bytes: number } {
    return { items: this.#waiting.size, bytes: this.#bytes };
  }

  /** Rejects with OVERLOADED, CANCELLED, DEADLINE_PASSED, or what `run` threw. */
  async submit(item: Item, options: SubmitOptions = {}): Promise<Queued<Result>> {
    const { signal, caller = soleCaller(), deadline = Infinity, wait = false } = options;
    const bytes = this.options.bytes(item);
    if (!wait && (this.#outside.size > 0 || this.#full(bytes))) {
      this.options.observer?.dropped('overloaded');
      throw this.#overloaded();
    }
    if (signal?.aborted) {
      this.options.observer?.dropped('cancelled');
      throw abortError(signal);
    }
    return new Promise((resolve, reject) => {
      const entry: Entry<Item, Result> = {
        item,
        bytes,
        caller,
        deadline,
        since: performance.now(),
        signal,
        onAbort: () => this.#abort(entry),
        resolve,
        reject,
      };
      signal?.addEventListener('abort', entry.onAbort, { once: true });
      if (this.#outside.size === 0 && !this.#full(bytes)) this.#enter(entry);
      else this.#outside.add(entry);
      this.#dispatch();
    });
  }

  #overloaded(): TriptychError {
    const { maxItems, maxBytes } = this.options;
    return new TriptychError(
      'OVERLOADED',
      `the queue is full (${maxItems} items or ${maxBytes} bytes); try again later`,
    );
  }

  #full(bytes: number): boolean {
    const { maxItems, maxBytes } = this.options;
    return this.#waiting.size >= maxItems || (this.#waiting.size > 0 && this.#bytes + bytes > maxBytes);
  }

  #abort(entry: Entry<Item, Result>): void {
    const isIn = this.#waiting.remove(entry);
    if (!isIn && !this.#outside.remove(entry)) return;
    if (isIn) this.#bytes -= entry.bytes;
    this.#drop(entry, 'cancelled', abortError(entry.signal));
    this.#letIn();
  }

  /** An item that has left the line goes without a result. */
  #drop(entry: Entry<Item, Result>, reason: DropReason, error: TriptychError): void {
    entry.signal?.removeEventListener('abort', entry.onAbort);
    this.options.observer?.dropped(reason);
    entry.reject(error);
  }

  #enter(entry: Entry<Item, Result>): void {
    this.#waiting.add(entry);
    this.#bytes += entry.bytes;
  }

  /** Lets in whom there is room for. */
  #letIn(): void {
    const fits = ({ bytes }: Entry<Item, Result>) => !this.#full(bytes);
    while (this.#outside.size > 0 && this.#waiting.size < this.options.maxItems) {
      const next = this.#outside.takeNext(fits);
      if (!next) return;
      this.#enter(next);
    }
  }

  #dispatch(): void {
    for (let first = this.#waiting.first; first; first = this.#waiting.first) {
      const { size: items, crowd } = this.#waiting;
      const place = this.options.place(first.item, { items, crowd });
      if (!place || (place.isAhead && !this.#mayGoAhead)) return;
      const batch = this.#takeBatch(place);
      if (batch.length > 0) void this.#runBatch(batch, place);
    }
  }

  /**
   * Whether a batch may be handed over ahead of time: where one of several callers alone waits, or batches are long, the others' next items
   * would wait for it.
   */
  get #mayGoAhead(): boolean {
    const { isShared, callers } = this.#waiting;
    return isShared && (callers === 1 || this.#batchMs <= SHORT_MS);
  }

  /** Empty where all that it took was too late. */
  #takeBatch({
    most,
    isAhead,
  }: Pick<Place<readonly Item[], readonly Result[]>, 'most' | 'isAhead'>): Entry<Item, Result>[] {
    const { key, maxBatch } = this.options;
    const taken = this.#waiting.take(
      (entry, first) => key(entry.item) === key(first.item),
      (first) => Math.min(most, maxBatch(first.item)),
    );
    for (const { bytes } of taken) this.#bytes -= bytes;
    const now = Date.now();
    // What would end too late is as lost as what starts too late, and costs more. One that goes ahead waits for another like it.
    const end = now + (isAhead ? 2 : 1) * this.#batchMs;
    // Where nothing else is there to be computed it costs nobody anything, and only what is computed corrects the estimate.
    const isAlone = !isAhead && this.#waiting.size === 0 && taken.every(({ deadline }) => deadline <= end);
    const limit = isAlone ? now : end;
    const late = taken.filter(({ deadline }) => deadline <= limit);
    for (const entry of late) this.#drop(entry, 'deadline', deadlinePassed());
    const batch = late.length === 0 ? taken : taken.filter(({ deadline }) => deadline > limit);
    for (const entry of batch) entry.signal?.removeEventListener('abort', entry.onAbort);
    this.#letIn();
    return batch;
  }

  async #runBatch(
    batch: Entry<Item, Result>[],
    place: Place<readonly Item[], readonly Result[]>,
  ): Promise<void> {
    const started = performance.now();
    this.options.observer?.started(batch.map(({ since }) => started - since));
    try {
      const results = await place.run(batch.map((entry) => entry.item));
      batch.forEach((entry, i) => {
        entry.resolve({ result: results[i], queueUs: Math.round(1000 * (started - entry.since)) });
      });
    } catch (thrown) {
      batch.forEach((entry) => entry.reject(thrown));
    } finally {
      const runMs = performance.now() - started;
      // One that went ahead has waited for another like it.
      this.#batchMs += SMOOTHING * ((place.isAhead ? runMs / 2 : runMs) - this.#batchMs);
      this.options.observer?.ended(runMs, batch.length);
      this.#dispatch();
    }
  }
}

function deadlinePassed(): TriptychError {
  return new TriptychError('DEADLINE_PASSED', 'the deadline passed before this item was computed');
}
