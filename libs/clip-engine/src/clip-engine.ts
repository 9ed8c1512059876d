import {
  abortError,
  type Caller,
  FairOrder,
  type Logger,
  type Queueing,
  TriptychError,
  WorkerHost,
  workerEntry,
} from '@triptych/core';
import type { FusedVector } from './fusion/fuse-vectors.js';
import type {
  CompareRequest,
  FuseRankingsRequest,
  FuseVectorsRequest,
  RankReply,
  RankRequest,
} from './protocol.js';
import type { Ranked, VectorMatrix } from './similarity.js';

/** Whom vectors are compared for. */
export interface CompareOptions {
  readonly caller: Caller;
  /** A comparison that nobody waits for any more is not begun. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds since the epoch. Default: none. */
  readonly deadline?: number | undefined;
}

interface Waiting extends Queueing {
  /** Has the worker do it; resolves once it has answered, or failed. */
  readonly begin: () => Promise<void>;
  /** Rejects it, where it has not begun. */
  readonly stop: (error: TriptychError) => void;
}

/**
 * Comparing vectors of the shared space, in a worker thread: one call at a time, in a fair order of callers. Calls reject with
 * NOT_READY, WORKER_LOST, CANCELLED or DRAINING.
 */
export class ClipEngine {
  readonly #waiting = new FairOrder<Waiting>();
  #isBusy = false;
  #isClosed = false;

  private constructor(private readonly host: WorkerHost) {}

  static async start(logger?: Logger): Promise<ClipEngine> {
    const entry = workerEntry(import.meta.url, './engine-worker.js');
    return new ClipEngine(
      await WorkerHost.start({ entry, name: 'clip-engine', restart: true, ...(logger ? { logger } : {}) }),
    );
  }

  /** Number of comparisons that wait. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Every query against every candidate, row-major. The matrices change threads. */
  compare(request: CompareRequest, options: CompareOptions): Promise<Float32Array<ArrayBuffer>> {
    return this.#call('compare', request, pairOf(request), options);
  }

  /** Each query's best candidates, best first. The matrices change threads. */
  rank(request: RankRequest, options: CompareOptions): Promise<RankReply> {
    return this.#call('rank', request, pairOf(request), options);
  }

  /** One vector of several. The matrix changes threads. Rejects with FUSION_UNDEFINED, too. */
  fuseVectors(request: FuseVectorsRequest, options: CompareOptions): Promise<FusedVector> {
    const { vectors } = request;
    return this.#call('fuseVectors', request, [{ queries: vectors, candidates: vectors }], options);
  }

  /** One ranking of the same candidates in several spaces: the best first. The matrices change threads. */
  fuseRankings(request: FuseRankingsRequest, options: CompareOptions): Promise<readonly Ranked[]> {
    return this.#call('fuseRankings', request, request.spaces, options);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (let next = this.#waiting.first; next; next = this.#waiting.first) next.stop(closed());
    await this.host.close();
  }

  #call<T>(
    method: string,
    request: object,
    pairs: readonly Pair[],
    { caller, signal, deadline = Infinity }: CompareOptions,
  ): Promise<T> {
    if (signal?.aborted) return Promise.reject(abortError(signal));
    if (this.#isClosed) return Promise.reject(closed());
    return new Promise<T>((resolve, reject) => {
      const onAbort = () => waiting.stop(abortError(signal));
      const waiting: Waiting = {
        caller,
        deadline,
        cost: pairs.reduce((sum, pair) => sum + costOf(pair), 0),
        begin: () => {
          signal?.removeEventListener('abort', onAbort);
          return this.host.call<T>(method, request, { transfer: buffers(pairs) }).then(resolve, reject);
        },
        stop: (error) => {
          if (!this.#waiting.remove(waiting)) return;
          signal?.removeEventListener('abort', onAbort);
          reject(error);
        },
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#waiting.add(waiting);
      this.#next();
    });
  }

  #next(): void {
    if (this.#isBusy) return;
    const next = this.#waiting.takeNext(() => true);
    if (!next) return;
    this.#isBusy = true;
    void next.begin().finally(() => {
      this.#isBusy = false;
      this.#next();
    });
  }
}

/** Matrices whose rows are compared with each other. */
interface Pair {
  readonly queries: VectorMatrix;
  readonly candidates: VectorMatrix;
}

function pairOf({ queries, candidates }: CompareRequest): Pair[] {
  return [{ queries, candidates }];
}

/** In products of two numbers. */
function costOf({ queries, candidates }: Pair): number {
  const { dimensions } = queries;
  return 1 + (queries.values.length * candidates.values.length) / dimensions;
}

/** Each once. */
function buffers(pairs: readonly Pair[]): ArrayBuffer[] {
  const all = pairs.flatMap(({ queries, candidates }) => [queries.values.buffer, candidates.values.buffer]);
  return [...new Set(all)];
}

function closed(): TriptychError {
  return new TriptychError('DRAINING', 'the engine of the shared space is closed');
}
