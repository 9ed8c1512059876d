import { type Logger, messageOf, TriptychError } from '@triptych/core';
import type { ModelRegistry, ModelSource } from '@triptych/engine';
import { type ModelsList, readModelsFile, stateOf } from './models-file.js';

const LOOK_AGAIN_MS = 1000;
/** What could not be loaded is tried again: its folder may not have been there yet. */
const TRY_AGAIN_MS = 30_000;

/** Told what came of reading the file. */
export type FileObserver = (isApplied: boolean) => void;

/**
 * Serves what a file of models says, and what it says when it changes. An edit that is broken changes nothing; a model that cannot be
 * loaded leaves the one before it serving.
 */
export class ModelsFile {
  /** Names of models that are not the file's. */
  readonly #others: ReadonlySet<string>;
  readonly #timer: NodeJS.Timeout;
  #seen: string;
  #applied: string;
  #retryAt = Infinity;
  #isBusy = false;
  #isClosed = false;

  /** `list`: what the file said, and what is served of it already. */
  constructor(
    private readonly path: string,
    private list: ModelsList,
    private readonly models: ModelRegistry,
    private readonly logger: Logger,
    private readonly observe: FileObserver,
  ) {
    this.#seen = this.#applied = list.state;
    const own = new Set(list.models.map(({ name }) => name));
    this.#others = new Set(models.known.flatMap(({ name }) => (own.has(name) ? [] : [name])));
    for (const [alias, model] of list.aliases) models.alias(alias, model);
    this.#timer = setInterval(() => void this.#look(), LOOK_AGAIN_MS).unref();
    observe(true);
  }

  close(): void {
    this.#isClosed = true;
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    if (this.#isBusy) return;
    const state = stateOf(this.path);
    // Who is still writing it will have changed it by the next look.
    const isStill = state === this.#seen;
    this.#seen = state;
    if (!isStill || (state === this.#applied && performance.now() < this.#retryAt)) return;
    this.#isBusy = true;
    try {
      this.#applied = state;
      await this.#apply();
    } finally {
      this.#isBusy = false;
    }
  }

  async #apply(): Promise<void> {
    let list: ModelsList;
    try {
      list = readModelsFile(this.path);
      this.#check(list);
    } catch (thrown) {
      this.#retryAt = Infinity;
      this.logger.error(
        { problem: messageOf(thrown) },
        'file of models cannot be applied; the models before it stay',
      );
      return this.observe(false);
    }
    const failed = await this.#serve(list);
    if (this.#isClosed) return;
    this.#retryAt = failed.length > 0 ? performance.now() + TRY_AGAIN_MS : Infinity;
    // What failed is not what is served: it is tried again.
    this.list = { ...list, models: list.models.filter(({ name }) => !failed.includes(name)) };
    this.logger.info({ models: list.models.length, failed }, 'file of models applied');
    this.observe(failed.length === 0);
  }

  /** Throws CONFIG_INVALID where the file is about models that are not its own. */
  #check({ models }: ModelsList): void {
    const other = models.find(({ name }) => this.#others.has(name));
    if (other)
      throw new TriptychError('CONFIG_INVALID', `${this.path}: models: ${other.name} is served by --model`);
  }

  /** First what is new, then what names stand for, and last what goes: nobody finds a gap. Names of the models that could not be loaded. */
  async #serve({ models, aliases }: ModelsList): Promise<string[]> {
    const before = new Map(this.list.models.map((model) => [model.name, model]));
    const failed: string[] = [];
    for (const model of models) {
      const served = before.get(model.name);
      const done = await this.#try(model.name, async () => {
        if (!served || !isLoadedAlike(served, model)) return void (await this.models.replace(model));
        if (served.onDemand && !model.onDemand) await this.models.bring(model.name);
        if (model.isCurrent) this.models.makeCurrent(model.name);
      });
      if (!done) failed.push(model.name);
    }
    for (const [alias, model] of aliases)
      if (!(await this.#try(alias, async () => this.models.alias(alias, model)))) failed.push(alias);
    for (const alias of this.list.aliases.keys()) if (!aliases.has(alias)) this.models.dropAlias(alias);
    const names = new Set(models.map(({ name }) => name));
    for (const name of before.keys())
      if (!names.has(name)) void this.#try(name, () => this.models.forget(name));
    return failed;
  }

  async #try(name: string, change: () => Promise<unknown>): Promise<boolean> {
    try {
      await change();
      return true;
    } catch (thrown) {
      if (!this.#isClosed)
        this.logger.error({ name, problem: messageOf(thrown) }, 'a change of the file of models failed');
      return false;
    }
  }
}

/** Whether loading the one would give what the other is. */
function isLoadedAlike(one: ModelSource, other: ModelSource): boolean {
  return (['directory', 'device', 'precision'] as const).every((key) => one[key] === other[key]);
}
