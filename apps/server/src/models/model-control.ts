import { TriptychError } from '@triptych/core';
import type { EngineCall, ModelRegistry, ModelStatus } from '@triptych/engine';
import type { ModelSources, WantedSource } from './model-sources.js';

/** A model that is to be loaded. */
export interface WantedModel {
  /** NAME or NAME@VERSION. Empty: its own name. */
  readonly name: string;
  /** Undefined: from where the model of this name lies. */
  readonly source?: WantedSource | undefined;
  readonly onDemand?: boolean | undefined;
  /** NAME alone stands for it once it serves. */
  readonly isCurrent?: boolean | undefined;
  /** Names that stand for it once it serves. */
  readonly aliases?: readonly string[] | undefined;
}

type Until = Pick<EngineCall, 'signal' | 'deadline'>;

/** Has models come and go, for those who may ask for it: every protocol does so by this. */
export class ModelControl {
  constructor(
    private readonly models: ModelRegistry,
    private readonly sources: ModelSources,
  ) {}

  /** Loads a model, and resolves once it serves. Throws MODEL_* errors; what was served before is served on then. */
  async load(wanted: WantedModel, until: Until): Promise<ModelStatus> {
    const { name, source, aliases = [] } = wanted;
    for (const alias of aliases) this.models.checkAlias(alias);
    const model = source ? await this.#loadFrom(source, wanted, until) : await this.#bring(name, until);
    if (wanted.isCurrent) this.models.makeCurrent(model.name);
    for (const alias of aliases) this.models.alias(alias, model.name);
    return model;
  }

  /** Loads a model anew from where it lies. Throws as `load` does. */
  async reload(name: string, until: Until): Promise<ModelStatus> {
    const { source } = this.models.get(name);
    return told(source.directory, () => this.models.reload(name, until));
  }

  /** No call finds the model any more; with `wait`, resolves once it has ended. Throws MODEL_NOT_FOUND. */
  async unload(name: string, wait: boolean): Promise<ModelStatus> {
    const { model, ended } = this.models.unload(name);
    if (wait) await ended;
    return model;
  }

  #bring(name: string, until: Until): Promise<ModelStatus> {
    const { source } = this.models.get(name);
    return told(source.directory, () => this.models.bring(name, until));
  }

  async #loadFrom(from: WantedSource, { name, onDemand }: WantedModel, until: Until): Promise<ModelStatus> {
    const directory = await told(undefined, () => this.sources.directoryOf(from, until.signal));
    const source = { directory, name: name === '' ? undefined : name, onDemand };
    return told(directory, () => this.models.replace(source, until));
  }
}

/**
 * What is wrong with a model's files is told to who loads it: which file, which tensor, what was expected. Where its directory lies on this
 * machine is not.
 */
async function told<T>(directory: string | undefined, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (thrown) {
    const error = TriptychError.from(thrown);
    if (error.code !== 'bad-weights' && error.code !== 'bad-config') throw error;
    const text = directory === undefined ? error.message : error.message.replaceAll(directory, '.');
    const message = `${error.reason}: ${text}`;
    throw new TriptychError('MODEL_LOAD_FAILED', message, { cause: error });
  }
}
