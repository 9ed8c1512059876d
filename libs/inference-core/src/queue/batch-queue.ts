import { TriptychError } from '@triptych/core';

export interface BatchQueueOptions<Item, Result> {
  /** Bounds of what waits; what is being computed does not count. */
  readonly maxItems: number;
  readonly maxBytes: number;
  /** Batches handed to the worker at a time: two keep it busy while the first one's results are sent. */
  readonly inFlight: number;
  /** Items may share a batch only where their keys are equal. */
  readonly key: (item: Item) => string;
  readonly maxBatch: (item: Item) => number;
  readonly bytes: (item: Item) => number;
  /** Computes a batch: one result for each item, in order. */
  readonly run: (items: readonly Item[]) => Promise<readonly Result[]>;
}

export interface SubmitOptions {
  readonly signal?: AbortSignal | undefined;
  /** When the queue is full: wait for room instead of failing with OVERLOADED. */
  readonly wait?: boolean;
}

export interface Queued<Result> {
  readonly result: Result;
  readonly queueUs: number;
}

interface Entry<Item, Result> {
  readonly item: Item;
  readonly bytes: number;
  readonly since: number;
  readonly signal: AbortSignal | undefined;
  readonly onAbort: () => void;
  readonly resolve: (value: Queued<Result>) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Gathers items over all callers into batches, first come first served. An idle worker gets an item at once; a busy
 * one finds what came meanwhile in one batch. Items whose signal aborts leave before they cost anything.
 */
export class BatchQueue<Item, Result> {
  #waiting: Entry<Item, Result>[] = [];
  #bytes = 0;
  #running = 0;
  #room: (() => void)[] = [];

  constructor(private readonly options: BatchQueueOptions<Item, Result>) {}

  /** Rejects with OVERLOADED, CANCELLED, or what `run` threw. */
  async submit(item: Item, { signal, wait = false }: SubmitOptions = {}): Promise<Queued<Result>> {
    const bytes = this.options.bytes(item);
    while (this.#full(bytes)) {
      if (!wait) throw this.#overloaded();
      await new Promise<void>((resolve) => this.#room.push(resolve));
      if (signal?.aborted) break;
    }
    if (signal?.aborted) throw cancelled();
    return new Promise((resolve, reject) => {
      const entry: Entry<Item, Result> = {
        item,
        bytes,
        since: performance.now(),
        signal,
        onAbort: () => this.#abort(entry),
        resolve,
        reject,
      };
      signal?.addEventListener('abort', entry.onAbort, { once: true });
      this.#waiting.push(entry);
      this.#bytes += bytes;
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
    return this.#waiting.length >= maxItems || (this.#waiting.length > 0 && this.#bytes + bytes > maxBytes);
  }

  #abort(entry: Entry<Item, Result>): void {
    const at = this.#waiting.indexOf(entry);
    if (at < 0) return;
    this.#waiting.splice(at, 1);
    this.#release(entry);
    entry.reject(cancelled());
    this.#announceRoom();
  }

  #release(entry: Entry<Item, Result>): void {
    this.#bytes -= entry.bytes;
    entry.signal?.removeEventListener('abort', entry.onAbort);
  }

  /** Everybody who waits for room looks again; who comes too late waits on. */
  #announceRoom(): void {
    const woken = this.#room;
    this.#room = [];
    for (const wake of woken) wake();
  }

  #dispatch(): void {
    while (this.#running < this.options.inFlight && this.#waiting.length > 0) {
      void this.#runBatch(this.#takeBatch());
    }
  }

  #takeBatch(): Entry<Item, Result>[] {
    const first = this.#waiting[0];
    const key = this.options.key(first.item);
    const limit = this.options.maxBatch(first.item);
    const batch: Entry<Item, Result>[] = [];
    this.#waiting = this.#waiting.filter((entry) => {
      const taken = batch.length < limit && this.options.key(entry.item) === key;
      if (taken) batch.push(entry);
      return !taken;
    });
    batch.forEach((entry) => this.#release(entry));
    return batch;
  }

  async #runBatch(batch: Entry<Item, Result>[]): Promise<void> {
    this.#running++;
    const started = performance.now();
    this.#announceRoom();
    try {
      const results = await this.options.run(batch.map((entry) => entry.item));
      batch.forEach((entry, i) => {
        entry.resolve({ result: results[i], queueUs: Math.round(1000 * (started - entry.since)) });
      });
    } catch (thrown) {
      batch.forEach((entry) => entry.reject(thrown));
    } finally {
      this.#running--;
      this.#dispatch();
    }
  }
}

function cancelled(): TriptychError {
  return new TriptychError('CANCELLED', 'the caller no longer waits for this item');
}
