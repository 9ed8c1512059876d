import type { Reason, TriptychError } from '@triptych/core';
import type { ModelSource } from './load-model.js';
import type { ModelCard } from './model-card.js';
import type { ModelLoad } from './model-load.js';
import { partsOf } from './model-names.js';
import type { Offered, ServedModel } from './served-model.js';

/**
 * `standby`: the next call loads it. `failed`: it could not be loaded; a call after a while tries again. `unloading`: no call finds it, and some
 * that found it are under way. `unloaded`: it answers no call until it is loaded.
 */
export type ModelState = 'ready' | 'loading' | 'standby' | 'failed' | 'unloading' | 'unloaded';

/** Why loading a model failed. */
export interface LoadFailure {
  readonly reason: Reason;
  /** Names file, tensor and what was expected; paths are those of the model's directory. */
  readonly message: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** What can be told of a model that an engine knows. */
export interface ModelStatus {
  /** NAME or NAME@VERSION. */
  readonly name: string;
  readonly version: string;
  readonly source: ModelSource;
  readonly state: ModelState;
  readonly card: ModelCard;
  /** What serves it; undefined where it is not loaded. */
  readonly served: ServedModel | undefined;
  /** Estimate of what it takes in memory, or would take. */
  readonly memoryBytes: number;
  readonly loads: number;
  readonly failures: number;
  /** Milliseconds since the epoch; undefined: never. */
  readonly lastUsedAt: number | undefined;
  /** The last failure of loading it, whatever serves now. */
  readonly lastFailure: LoadFailure | undefined;
}

const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 60_000;

/** A model that an engine knows: loaded, or able to be. */
export class KnownModel implements ModelStatus {
  readonly version: string;
  served: ServedModel | undefined;
  /** Loads under way and those that wait for their turn, cancelled ones until they have ended. */
  readonly pending = new Set<ModelLoad>();
  /** It was unloaded, and nothing of it has been loaded since. */
  isUnloaded = false;
  /** Instances that no call finds, and that end with the last that works with them. */
  ending = 0;
  loads = 0;
  failures = 0;
  lastFailure: LoadFailure | undefined;
  /** By `performance.now()`. */
  usedAt: number | undefined;
  readyAt = 0;
  #failuresInRow = 0;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(
    readonly name: string,
    public source: ModelSource,
    public card: ModelCard,
    public memoryBytes: number,
  ) {
    this.version = partsOf(name).version;
  }

  /** Whether calls find it: not once it was unloaded, until a caller has it loaded. */
  get isOffered(): boolean {
    return !this.isUnloaded || [...this.pending].some(({ isAsked, signal }) => isAsked && !signal.aborted);
  }

  get state(): ModelState {
    const isPending = this.pending.size > 0;
    if (!this.isOffered) return this.served || this.ending > 0 || isPending ? 'unloading' : 'unloaded';
    if (this.served) return 'ready';
    if (isPending) return 'loading';
    return this.#failuresInRow > 0 ? 'failed' : 'standby';
  }

  get lastUsedAt(): number | undefined {
    return this.usedAt === undefined ? undefined : Date.now() - (performance.now() - this.usedAt);
  }

  /** The load that whoever wants the model waits for. */
  get loading(): ModelLoad | undefined {
    return [...this.pending].find(({ isShared, signal }) => isShared && !signal.aborted);
  }

  takes(what: Offered): boolean {
    return Boolean(this.card[what]);
  }

  /** Milliseconds until a call may try again what failed; 0: it may. */
  get retryAfterMs(): number {
    if (this.#failuresInRow === 0 || !this.lastFailure) return 0;
    const pause = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (this.#failuresInRow - 1));
    return Math.max(0, this.lastFailure.at + pause - Date.now());
  }

  loaded({ source, model, card, memoryBytes }: Loaded): void {
    Object.assign(this, { source, served: model, card, memoryBytes, readyAt: performance.now() });
    this.isUnloaded = false;
    this.loads++;
    this.#failuresInRow = 0;
  }

  /** What it is where it is loaded next. */
  describedAs({ source, card, memoryBytes }: Pick<Loaded, 'source' | 'card' | 'memoryBytes'>): void {
    Object.assign(this, { source, card, memoryBytes, isUnloaded: false });
  }

  /** Messages name a model's directory: who may see them need not know where on this machine it lies. */
  failed({ reason, message }: TriptychError, directory: string): void {
    this.failures++;
    this.#failuresInRow++;
    this.lastFailure = { reason, message: message.replaceAll(directory, this.name), at: Date.now() };
  }

  /** Changes of what serves it come one after the other. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }
}

interface Loaded {
  readonly source: ModelSource;
  readonly model: ServedModel;
  readonly card: ModelCard;
  readonly memoryBytes: number;
}
