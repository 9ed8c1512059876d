import { type ErrorCode, type Logger, TriptychError } from '@triptych/core';
import type { Modality } from '@triptych/model-families';
import type { ModelSettings } from '../settings.js';
import { idleSweep } from './idle-sweep.js';
import type { KnownModel, ModelStatus } from './known-model.js';
import { KnownModels } from './known-models.js';
import type { ModelSource } from './load-model.js';
import { LoadedModels, type UserKind } from './loaded-models.js';
import { type Candidates, MemoryBudget } from './memory-budget.js';
import { ModelLease } from './model-lease.js';
import type { DescribedModel, ModelLoader } from './model-loader.js';
import { ModelLoads } from './model-loads.js';
import { type Offered, notServed, type ServedModel } from './served-model.js';
import { Slots } from './slots.js';
import type { Waiting } from './wait-for.js';

/** Told that other models are served than before, or that one has ended. */
export type ModelsListener = (ended?: ServedModel) => void;

/** For who waits as long as it takes. */
const forever: Waiting = { signal: new AbortController().signal, deadline: Infinity };

/**
 * The models that an engine knows, loaded or not, by name; the first of a modality is its default. A call for one that is not loaded
 * loads it. What is unloaded or replaced is found by no call from then on, and ends with the last call or stream that began with it.
 */
export class ModelRegistry {
  /** What models take together. */
  readonly memory: MemoryBudget;
  readonly #slots: Slots;
  readonly #known: KnownModels;
  readonly #loaded = new LoadedModels(() => this.memory.look());
  readonly #loads: ModelLoads;
  readonly #listeners: ModelsListener[] = [];
  readonly #stopSweeping: () => void;
  #models: readonly ServedModel[] = [];
  #isClosed = false;

  constructor(
    private readonly loader: ModelLoader,
    settings: ModelSettings,
    logger: Logger,
  ) {
    const { modelMemory, modelWaitMs, modelLoads, modelIdleMs, maxModels } = settings;
    this.#known = new KnownModels(maxModels);
    this.memory = new MemoryBudget(modelMemory, modelWaitMs, () => this.#candidates());
    this.#slots = new Slots(modelLoads);
    this.#loads = new ModelLoads({
      loader,
      logger,
      loaded: this.#loaded,
      memory: this.memory,
      slots: this.#slots,
      changed: (ended) => this.#changed(ended),
      notFound: (name) => this.#known.notFound(name),
    });
    this.#stopSweeping = idleSweep(modelIdleMs, () => this.#unloadIdle(modelIdleMs));
  }

  /** In the order in which they were named. */
  get known(): readonly ModelStatus[] {
    return this.#known.all;
  }

  /** Those that are loaded and that calls find: the same array while they are the same. */
  get models(): readonly ServedModel[] {
    return this.#models;
  }

  /** Those that are loaded: the served ones, and replaced or unloaded ones that calls still work with. */
  get loaded(): ServedModel[] {
    return this.#loaded.all;
  }

  /** Number of loads that wait: for memory, and, having it, for others to end. */
  get waitingLoads(): { readonly memory: number; readonly turn: number } {
    return { memory: this.memory.waiting, turn: this.#slots.waiting };
  }

  onChange(listener: ModelsListener): void {
    this.#listeners.push(listener);
  }

  /** A model by its own name, NAME alone, or an alias, whatever its state. Throws MODEL_NOT_FOUND. */
  get(name: string): ModelStatus {
    return this.#get(name);
  }

  /** The same; undefined where none is known. */
  find(name: string): ModelStatus | undefined {
    return this.#known.lookUp(name);
  }

  /** Other names that stand for a model. */
  aliasesOf(model: string): string[] {
    return this.#known.aliasesOf(model);
  }

  /** Makes a name stand for a model from now on: streams under way go on with what it stood for. Throws MODEL_NAME_INVALID or MODEL_NOT_FOUND. */
  alias(alias: string, model: string): void {
    this.#known.alias(alias, model);
    this.#changed();
  }

  /** Throws MODEL_NAME_INVALID for what can be no alias. */
  checkAlias(alias: string): void {
    this.#known.checkAlias(alias);
  }

  /** Makes NAME alone stand for NAME@VERSION from now on. Throws MODEL_NOT_FOUND. */
  makeCurrent(model: string): void {
    this.#known.makeCurrent(this.#get(model));
    this.#changed();
  }

  dropAlias(alias: string): void {
    this.#known.dropAlias(alias);
    this.#changed();
  }

  /** True for the model of calls of a modality that name none. */
  isDefault(model: { readonly name: string }, modality: Modality): boolean {
    return this.#known.lookUpDefault(modality)?.name === model.name;
  }

  /** Whether calls of a modality find one that is not loaded. */
  isOnStandby(modality: Modality): boolean {
    return this.#known.all.some((known) => !known.served && known.isOffered && known.takes(modality));
  }

  /** Models for one call or stream, until it ends the lease. */
  lease(kind: UserKind): ModelLease {
    return new ModelLease(this, kind);
  }

  /** {@link ModelLease.take} */
  serve(what: Offered, name: string, until: Waiting): ServedModel | Promise<void> {
    this.checkOpen();
    const known = name === '' ? this.#known.lookUpDefault(what) : this.#known.offered(name);
    if (!known?.takes(what)) throw notServed(what, name, this.#known.offering(what));
    return known.served ?? this.#waitFor(known, until);
  }

  /** {@link ModelLease.takeAudioIn} */
  serveAudioIn(space: string, until: Waiting): ServedModel | Promise<void> | undefined {
    const known = this.#known.audioIn(space);
    return known && (known.served ?? this.#waitFor(known, until));
  }

  /** Counts a call or stream in that works with a model; what is returned counts it out. */
  use(model: ServedModel, kind: UserKind): () => void {
    const leave = this.#loaded.use(model, kind);
    const known = this.#known.lookUp(model.name);
    const used = () => {
      if (known) known.usedAt = performance.now();
    };
    used();
    return () => {
      used();
      leave();
    };
  }

  /** Knows models, and loads them side by side as far as there is memory; the others are loaded when they are asked for. */
  async start(sources: readonly ModelSource[]): Promise<void> {
    const described = await Promise.all(sources.map((source) => this.loader.describe(source)));
    const all = described.map((one) => this.#known.add(one));
    let bytes = 0;
    const now = all.filter(({ source, memoryBytes }) => {
      if (source.onDemand || !this.memory.fits(bytes + memoryBytes)) return false;
      bytes += memoryBytes;
      return true;
    });
    const ended = await Promise.allSettled(
      now.map((known) => this.#loads.bring(known).wait('caller', forever)),
    );
    for (const one of ended) if (one.status === 'rejected') throw one.reason;
  }

  /**
   * Loads a model, and serves it beside the others. Throws bad-weights errors, MODEL_* errors, or CONFIG_INVALID where its name is
   * taken; nothing of it is known then.
   */
  async load(source: ModelSource, until = forever): Promise<ModelStatus> {
    this.checkOpen();
    const described = await this.loader.describe(source);
    const { name } = described.source;
    if (this.#known.own(name)?.isOffered) this.#known.checkFree(name);
    return this.replace(source, until, described);
  }

  /**
   * Loads a model, and serves it in the place of the one of its name, where there is one: what comes from then on gets the new one;
   * calls and streams under way end on the one that they began with, which then ends. Throws as `load` does: what was served before is served on, and
   * one that was unloaded stays so.
   */
  async replace(source: ModelSource, until = forever, given?: DescribedModel): Promise<ModelStatus> {
    this.checkOpen();
    const described = given ?? (await this.loader.describe(source));
    this.checkOpen();
    const before = this.#known.own(described.source.name);
    const known = before ?? this.#known.add(described);
    try {
      if (source.onDemand && !known.served) known.describedAs(described);
      else await this.#loads.replace(known, described).wait('caller', until);
    } catch (thrown) {
      if (!before) this.#forgetUnlessLoaded(known);
      this.#changed();
      throw thrown;
    }
    if (source.isCurrent) this.#known.makeCurrent(known);
    this.#changed();
    return known;
  }

  /** Loads a known model where it is not loaded. Throws MODEL_NOT_FOUND, and as `load` does. */
  async bring(name: string, until = forever): Promise<ModelStatus> {
    this.checkOpen();
    const known = this.#get(name);
    await this.#loads.bring(known).wait('caller', until);
    return known;
  }

  /** Loads a known model anew, from where it lies, and has it serve as `replace` does. Throws MODEL_NOT_FOUND, and as `load` does. */
  async reload(name: string, until = forever): Promise<ModelStatus> {
    this.checkOpen();
    const known = this.#known.offered(name);
    await this.#loads.replace(known).wait('caller', until);
    return known;
  }

  /**
   * Serves a model no more, until it is loaded again. `ended` resolves once calls and streams under way have ended, and its workers with
   * them. Throws MODEL_NOT_FOUND.
   */
  unload(name: string): { readonly model: ModelStatus; readonly ended: Promise<void> } {
    const known = this.#known.offered(name);
    known.isUnloaded = true;
    cancelAll(known, this.#known.notFound(name));
    this.#changed();
    return { model: known, ended: this.#letGo(known) };
  }

  /** The same, and the model is not known any more. Throws MODEL_NOT_FOUND. */
  async forget(name: string): Promise<void> {
    const known = this.#get(name);
    if (known.isOffered) await this.unload(known.name).ended;
    if (!known.isOffered) this.#known.forget(known);
    this.#changed();
  }

  /** Throws DRAINING. */
  checkOpen(): void {
    if (this.#isClosed) throw new TriptychError('DRAINING', 'the engine is closed');
  }

  /** Ends all models, whoever works with them. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#stopSweeping();
    this.memory.close();
    const why = new TriptychError('DRAINING', 'the engine is closed');
    for (const known of this.#known.all) cancelAll(known, why);
    await this.#loaded.close();
  }

  #get(name: string): KnownModel {
    const known = this.#known.lookUp(name);
    if (!known) throw this.#known.notFound(name);
    return known;
  }

  /** What nobody could load is not known. Other loads of it, and one that is being cancelled, end before. */
  #forgetUnlessLoaded(known: KnownModel): void {
    const forget = () => {
      if (known.loads === 0 && known.pending.size === 0) this.#known.forget(known);
    };
    if (known.pending.size === 0) forget();
    else void known.inTurn(() => Promise.resolve(forget()));
  }

  /** In its turn, but not until the end: it may be loaded again while calls still work with what it was. */
  async #letGo(known: KnownModel): Promise<void> {
    let ended: Promise<void> | undefined;
    await known.inTurn(() => {
      ended = this.#loads.letGo(known);
      return Promise.resolve();
    });
    await ended;
  }

  /** Has a call's model loaded. Throws what the call is to be told. */
  async #waitFor(known: KnownModel, until: Waiting): Promise<void> {
    const { retryAfterMs } = known;
    if (retryAfterMs > 0 && !known.loading) throw cannotServe(known);
    try {
      await this.#loads.bring(known).wait('call', until);
    } catch (thrown) {
      const error = TriptychError.from(thrown);
      throw toldToCalls.has(error.code) ? error : cannotServe(known, error);
    }
  }

  #candidates(): Candidates {
    const list = this.#known.all.flatMap((known) => {
      const { served, pending, isOffered } = known;
      // What is loaded anew serves until then.
      if (!served || pending.size > 0 || !isOffered) return [];
      const { call, stream } = this.#loaded.usersOf(served);
      return {
        bytes: this.#loaded.bytesOf(served),
        lastUsedAt: known.usedAt ?? known.readyAt,
        isIdle: call + stream === 0,
        movableAt: stream > 0 ? Infinity : known.readyAt + served.loadMs,
        leave: () => void this.#loads.letGo(known),
      };
    });
    return { list, leavingBytes: this.#loaded.leavingBytes };
  }

  #unloadIdle(idleMs: number): void {
    const now = performance.now();
    for (const known of this.#known.all) {
      const { served, pending, isOffered } = known;
      if (!served || pending.size > 0 || !isOffered) continue;
      const { call, stream } = this.#loaded.usersOf(served);
      const since = Math.max(known.usedAt ?? 0, known.readyAt);
      if (call + stream === 0 && now - since >= idleMs) void this.#loads.letGo(known);
    }
  }

  #changed(ended?: ServedModel): void {
    const models = this.#known.all.flatMap(({ served, isOffered }) => (served && isOffered ? [served] : []));
    const isSame = models.length === this.#models.length && models.every((one, i) => one === this.#models[i]);
    if (!isSame) this.#models = models;
    for (const listener of this.#listeners) listener(ended);
  }
}

function cancelAll({ pending }: KnownModel, why: TriptychError): void {
  for (const load of pending) load.cancel(why);
}

/** What says something of the call or the server, and not of the model's files. */
const toldToCalls: ReadonlySet<ErrorCode> = new Set([
  'draining',
  'cancelled',
  'deadline-passed',
  'overloaded',
  'payload-too-large',
  'model-not-found',
  'not-ready',
]);

function cannotServe({ name, retryAfterMs }: KnownModel, cause?: TriptychError): TriptychError {
  const message = `model ${name} cannot be loaded now; Models.List says why`;
  return new TriptychError('NOT_READY', message, { retryAfterMs, cause });
}
