import { abortError, type ErrorCode, type Logger, TriptychError } from '@triptych/core';
import type { KnownModel } from './known-model.js';
import type { LoadedModels } from './loaded-models.js';
import type { MemoryBudget } from './memory-budget.js';
import { cardOf } from './model-card.js';
import { ModelLoad } from './model-load.js';
import type { DescribedModel, ModelLoader } from './model-loader.js';
import type { ServedModel } from './served-model.js';
import type { Slots } from './slots.js';

/** What loads go through, and who is told of them. */
export interface LoadsParts {
  readonly loader: ModelLoader;
  readonly loaded: LoadedModels;
  readonly memory: MemoryBudget;
  readonly slots: Slots;
  readonly logger: Logger;
  readonly changed: (ended?: ServedModel) => void;
  readonly notFound: (name: string) => TriptychError;
}

/** What says nothing of the model, and is no failure of loading it. */
const notItsFault: ReadonlySet<ErrorCode> = new Set([
  'draining',
  'cancelled',
  'overloaded',
  'payload-too-large',
  'model-not-found',
]);

/** Brings models into memory and out of it, for each model one after the other. */
export class ModelLoads {
  constructor(private readonly parts: LoadsParts) {}

  /** A known model, loaded: all who want it wait for one load. */
  bring(known: KnownModel): ModelLoad {
    return (
      known.loading ??
      this.#begin(known, true, async (load) => {
        // A call found it while it was to be loaded anew, which has failed: it stays unloaded.
        if (!known.isOffered) throw this.parts.notFound(known.name);
        return known.served ?? (await this.#load(known, load));
      })
    );
  }

  /**
   * Loads a model anew, from where it was or from elsewhere, and has it serve in the place of what serves now, which ends with the last
   * that works with it. Where that fails, what serves serves on.
   */
  replace(known: KnownModel, described?: DescribedModel): ModelLoad {
    return this.#begin(known, false, (load) => this.#load(known, load, described));
  }

  /** No call finds a loaded model any more. Resolves when it has ended. */
  async letGo(known: KnownModel): Promise<void> {
    const model = known.served;
    if (!model) return;
    known.served = undefined;
    this.parts.changed();
    await this.#retire(known, model);
  }

  #begin(known: KnownModel, isShared: boolean, work: (load: ModelLoad) => Promise<ServedModel>): ModelLoad {
    const inTurn = async (load: ModelLoad) => {
      try {
        return await known.inTurn(() => work(load));
      } finally {
        known.pending.delete(load);
        this.parts.changed();
      }
    };
    const load = new ModelLoad(known.name, isShared, inTurn);
    known.pending.add(load);
    return load;
  }

  async #load(known: KnownModel, load: ModelLoad, described?: DescribedModel): Promise<ServedModel> {
    const { loader, memory, slots, loaded, changed } = this.parts;
    const { signal } = load;
    changed();
    try {
      if (signal.aborted) throw abortError(signal);
      const { source, memoryBytes } = described ?? (await loader.describe(known.source));
      const release = await memory.reserve(known.name, memoryBytes, signal);
      load.hasMemory = true;
      let model: ServedModel;
      try {
        model = await slots.run(() => loader.load({ ...source, name: known.name }, signal), signal);
        if (signal.aborted) await endCancelled(model, signal);
      } catch (thrown) {
        release();
        throw thrown;
      }
      const before = known.served;
      loaded.add(model, memoryBytes, release);
      known.loaded({ source, model, card: cardOf(model), memoryBytes });
      changed();
      if (before) void this.#retire(known, before);
      return model;
    } catch (thrown) {
      const error = TriptychError.from(thrown);
      if (!notItsFault.has(error.code)) this.#failed(known, error, described?.source.directory);
      throw thrown;
    }
  }

  #failed(known: KnownModel, error: TriptychError, directory = known.source.directory): void {
    known.failed(error, directory);
    const { reason, message } = error;
    this.parts.logger.error(
      { model: known.name, reason, problem: message, cause: error.cause },
      'a model could not be loaded',
    );
  }

  async #retire(known: KnownModel, model: ServedModel): Promise<void> {
    known.ending++;
    try {
      await this.parts.loaded.retire(model);
    } catch (thrown) {
      this.parts.logger.error({ model: known.name, err: thrown }, 'a model did not end');
    } finally {
      known.ending--;
      this.parts.changed(model);
    }
  }
}

/** The load was cancelled between its last step and its end. */
async function endCancelled(model: ServedModel, signal: AbortSignal): Promise<never> {
  await model.close();
  throw abortError(signal);
}
