import { abortError, TriptychError } from '@triptych/core';

/** A loaded model that may be asked to go. */
export interface Candidate {
  readonly bytes: number;
  /** By `performance.now()`. */
  readonly lastUsedAt: number;
  /** Nobody works with it. */
  readonly isIdle: boolean;
  /** By `performance.now()`: from then on it may go; Infinity while a stream works with it. */
  readonly movableAt: number;
  /** No call finds it any more; it ends with the last that works with it. */
  readonly leave: () => void;
}

/** What can be had of the memory. */
export interface Candidates {
  /** The loaded models that calls find. */
  readonly list: readonly Candidate[];
  /** Bytes of those that are on their way out. */
  readonly leavingBytes: number;
}

interface Waiter {
  readonly bytes: number;
  readonly start: (release: () => void) => void;
}

/**
 * The memory that models may take together. What wants to come in has the least recently used model go that nobody works with. Where
 * there is none, it has one go that only calls work with: those end on it, and what comes later waits until it is loaded again. A model that a
 * stream works with stays, as does one that has served for less time than its loading took.
 */
export class MemoryBudget {
  #used = 0;
  readonly #waiting: Waiter[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** `limit`: bytes; 0: none. */
  constructor(
    readonly limit: number,
    private readonly waitMs: number,
    private readonly candidates: () => Candidates,
  ) {}

  get used(): number {
    return this.#used;
  }

  /** Number of models that wait for memory. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** True where there is room now. */
  fits(bytes: number): boolean {
    return this.limit === 0 || this.#used + bytes <= this.limit;
  }

  /** Takes memory; what is returned gives it back. */
  take(bytes: number): () => void {
    this.#used += bytes;
    let isGiven = false;
    return () => {
      if (isGiven) return;
      isGiven = true;
      this.#used -= bytes;
      this.look();
    };
  }

  /** Takes memory once there is some. Throws MODEL_TOO_LARGE, MODEL_NO_ROOM, or what `signal` aborts with. */
  async reserve(model: string, bytes: number, signal: AbortSignal): Promise<() => void> {
    if (this.limit > 0 && bytes > this.limit)
      throw new TriptychError(
        'MODEL_TOO_LARGE',
        `model ${model} takes some ${bytes} bytes, all models together may take ${this.limit} (--model-memory)`,
      );
    signal.throwIfAborted();
    if (this.#waiting.length === 0 && this.fits(bytes)) return this.take(bytes);
    return new Promise((resolve, reject) => {
      const leave = (error: Error) => {
        end();
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
        reject(error);
        this.look();
      };
      const onAbort = () => leave(abortError(signal));
      const timer = setTimeout(() => leave(this.#noRoom(model, bytes)), this.waitMs);
      const end = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
      };
      const start = (release: () => void) => {
        end();
        resolve(release);
      };
      const waiter: Waiter = { bytes, start };
      signal.addEventListener('abort', onAbort, { once: true });
      this.#waiting.push(waiter);
      this.look();
    });
  }

  /** Lets those in who have room now, in the order they came, and has models go for the others. */
  look(): void {
    if (this.#waiting.length === 0) return;
    const fitting = this.#waiting.filter(({ bytes, start }) => {
      if (!this.fits(bytes)) return false;
      start(this.take(bytes));
      return true;
    });
    for (const one of fitting) this.#waiting.splice(this.#waiting.indexOf(one), 1);
    const { list, leavingBytes } = this.candidates();
    /** What will be free, and is nobody's yet. */
    let coming = this.limit - this.#used + leavingBytes;
    const left = [...list].sort((a, b) => Number(b.isIdle) - Number(a.isIdle) || a.lastUsedAt - b.lastUsedAt);
    for (const { bytes } of this.#waiting) {
      const going = choose(left, bytes - coming);
      for (const one of going) {
        left.splice(left.indexOf(one), 1);
        coming += one.bytes;
      }
      // One that there is no way to make room for keeps none from those behind it.
      if (coming >= bytes) coming -= bytes;
      for (const one of going) one.leave();
    }
    this.#lookAgain(list);
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  /** Models that are to stay for a while yet may go then. */
  #lookAgain(list: readonly Candidate[]): void {
    clearTimeout(this.#timer);
    if (this.#waiting.length === 0) return;
    const now = performance.now();
    const next = Math.min(...list.map(({ movableAt }) => (movableAt > now ? movableAt : Infinity)));
    if (next < Infinity) this.#timer = setTimeout(() => this.look(), next - now + 1);
  }

  #noRoom(model: string, bytes: number): TriptychError {
    const message =
      `model ${model} takes some ${bytes} bytes; models that are in use take ${this.#used} of the ${this.limit} ` +
      `that all together may take (--model-memory), and none of them became free within ${this.waitMs} ms`;
    return new TriptychError('MODEL_NO_ROOM', message, { retryAfterMs: 1000 });
  }
}

/** Those that have to go for so many bytes, the first of them that are enough; none where all together are not enough. */
function choose(candidates: readonly Candidate[], bytes: number): Candidate[] {
  if (bytes <= 0) return [];
  const now = performance.now();
  const chosen: Candidate[] = [];
  let sum = 0;
  for (const one of candidates) {
    if (one.movableAt > now) continue;
    chosen.push(one);
    sum += one.bytes;
    if (sum >= bytes) return chosen;
  }
  return [];
}
