import { type Logger, messageOf, TriptychError } from '@triptych/core';
import type { ModelRegistry } from '@triptych/engine';
import { fileState } from '../config/file-state.js';
import { bringListed } from './bring-listed.js';
import type { ModelSources } from './model-sources.js';
import { type ListedModel, type ModelsList, readModelsFile } from './models-file.js';

const LOOK_AGAIN_MS = 1000;
/** What could not be loaded is tried again: its folder may not have been there yet. */
const TRY_AGAIN_MS = 30_000;

/** What a file of models is followed with. */
export interface FileContext {
  readonly models: ModelRegistry;
  readonly sources: ModelSources;
  /** Models of the hub that the file may name. */
  readonly hubModels: readonly string[];
  readonly logger: Logger;
  /** Told what came of reading the file. */
  readonly observe: (isApplied: boolean) => void;
}

/**
 * Serves what a file of models says, and what it says when it changes. An edit that is broken changes nothing; a model that cannot be
 * loaded leaves the one before it serving.
 */
export class ModelsFile {
  /** Names of models that are not the file's. */
  readonly #others: ReadonlySet<string>;
  /** Names of those that the file has had served: one whose last change failed goes with its name, too. */
  readonly #own: Set<string>;
  readonly #timer: NodeJS.Timeout;
  #seen: string;
  #applied: string;
  #retryAt = Infinity;
  #isBusy = false;
  readonly #closing = new AbortController();

  /** `list`: what the file said, and what is served of it already. */
  constructor(
    private readonly path: string,
    private list: ModelsList,
    private readonly context: FileContext,
  ) {
    const { models, observe } = context;
    this.#seen = this.#applied = list.state;
    this.#own = new Set(list.models.map(({ name }) => name));
    this.#others = new Set(models.known.flatMap(({ name }) => (this.#own.has(name) ? [] : [name])));
    for (const [alias, model] of list.aliases) models.alias(alias, model);
    this.#timer = setInterval(() => void this.#look(), LOOK_AGAIN_MS).unref();
    observe(true);
  }

  close(): void {
    this.#closing.abort();
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    if (this.#isBusy) return;
    const state = fileState(this.path);
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
    const { hubModels, logger, observe } = this.context;
    let list: ModelsList;
    try {
      list = readModelsFile(this.path, hubModels);
      this.#check(list);
    } catch (thrown) {
      this.#retryAt = Infinity;
      logger.error(
        { problem: messageOf(thrown) },
        'file of models cannot be applied; the models before it stay',
      );
      return observe(false);
    }
    const failed = await this.#serve(list);
    if (this.#closing.signal.aborted) return;
    this.#retryAt = failed.length > 0 ? performance.now() + TRY_AGAIN_MS : Infinity;
    // What failed is not what is served: it is tried again.
    this.list = { ...list, models: list.models.filter(({ name }) => !failed.includes(name)) };
    logger.info({ models: list.models.length, failed }, 'file of models applied');
    observe(failed.length === 0);
  }

  /** Throws CONFIG_INVALID where the file is about models that are not its own. */
  #check({ models }: ModelsList): void {
    const other = models.find(({ name }) => this.#others.has(name));
    if (other)
      throw new TriptychError('CONFIG_INVALID', `${this.path}: models: ${other.name} is served by --model`);
  }

  /** First what is new, then what names stand for, and last what goes: nobody finds a gap. Names of the models that could not be loaded. */
  async #serve({ models: listed, aliases }: ModelsList): Promise<string[]> {
    const { models, sources, logger } = this.context;
    const before = new Map(this.list.models.map((model) => [model.name, model]));
    const failed: string[] = [];
    for (const model of listed) {
      const served = before.get(model.name);
      const done = await this.#try(model.name, async () => {
        if (!served || !isLoadedAlike(served, model)) {
          await models.replace(await bringListed(model, sources, logger, this.#closing.signal));
          return;
        }
        if (served.onDemand && !model.onDemand) await models.bring(model.name);
        if (model.isCurrent) models.makeCurrent(model.name);
      });
      if (done) this.#own.add(model.name);
      else failed.push(model.name);
    }
    for (const [alias, model] of aliases)
      if (!(await this.#try(alias, async () => models.alias(alias, model)))) failed.push(alias);
    for (const alias of this.list.aliases.keys()) if (!aliases.has(alias)) models.dropAlias(alias);
    const names = new Set(listed.map(({ name }) => name));
    for (const name of this.#own) {
      if (names.has(name)) continue;
      this.#own.delete(name);
      void this.#try(name, () => models.forget(name));
    }
    return failed;
  }

  async #try(name: string, change: () => Promise<unknown>): Promise<boolean> {
    try {
      await change();
      return true;
    } catch (thrown) {
      if (!this.#closing.signal.aborted)
        this.context.logger.error(
          { name, problem: messageOf(thrown) },
          'a change of the file of models failed',
        );
      return false;
    }
  }
}

/** Whether loading the one would give what the other is. */
function isLoadedAlike(one: ListedModel, other: ListedModel): boolean {
  const { from } = other;
  const isThere =
    'hub' in one.from
      ? 'hub' in from && from.hub === one.from.hub
      : 'directory' in from && from.directory === one.from.directory;
  return isThere && one.device === other.device && one.precision === other.precision;
}
