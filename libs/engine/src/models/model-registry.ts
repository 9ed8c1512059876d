import { TriptychError } from '@triptych/core';
import type { Modality } from '@triptych/model-families';
import { ModelLease } from './model-lease.js';
import { type ServedModel, type Serving, servingOf } from './served-model.js';

/** A model that is loaded, and how many calls and streams work with it. */
interface Held {
  readonly model: ServedModel;
  users: number;
  /** Called once nobody works with it any more; it serves no new calls then. */
  unused?: () => void;
}

/** Told that other models are served than before, or that one has ended. */
export type ModelsListener = (ended?: ServedModel) => void;

/**
 * The served models by name; the first of a modality is its default. A model that is removed or replaced serves no new call at once,
 * and ends when the last call or stream that began with it has.
 */
export class ModelRegistry {
  #models: readonly ServedModel[] = [];
  /** Those that end when nobody works with them any more among them. */
  readonly #held = new Map<ServedModel, Held>();
  readonly #listeners: ModelsListener[] = [];
  #isClosed = false;

  /** Throws CONFIG_INVALID where two models have one name. */
  constructor(models: readonly ServedModel[]) {
    for (const model of models) this.add(model);
  }

  /** In the order in which they were named. */
  get models(): readonly ServedModel[] {
    return this.#models;
  }

  /** Those that are loaded: the served ones, and replaced or removed ones that calls still work with. */
  get loaded(): ServedModel[] {
    return [...this.#held.keys()];
  }

  onChange(listener: ModelsListener): void {
    this.#listeners.push(listener);
  }

  /** Serves a model beside the others. Throws CONFIG_INVALID where its name is taken, or DRAINING. */
  add(model: ServedModel): void {
    this.checkFree(model.name);
    this.#serve(model, [...this.#models, model]);
  }

  /** Throws CONFIG_INVALID where a model of this name is served. */
  checkFree(name: string): void {
    if (!this.#find(name)) return;
    throw new TriptychError(
      'CONFIG_INVALID',
      `two models are named ${name}; give one another name with --model NAME=DIR`,
    );
  }

  /**
   * Serves a model in the place of the one of its name, where there is one: at once, whoever asks for that name gets this one. Resolves
   * when the one before has ended; throws DRAINING at once.
   */
  replace(model: ServedModel): Promise<void> {
    const before = this.#find(model.name);
    if (!before) {
      this.add(model);
      return Promise.resolve();
    }
    this.#serve(
      model,
      this.#models.map((one) => (one === before ? model : one)),
    );
    return this.#retire(before);
  }

  /** Serves a model no more; resolves once the last call that worked with it has ended, and its workers have. Throws MODEL_NOT_FOUND. */
  async remove(name: string): Promise<void> {
    const model = this.get(name);
    this.#models = this.#models.filter((one) => one !== model);
    this.#changed();
    await this.#retire(model);
  }

  /** Throws MODEL_NOT_FOUND. */
  get(name: string): ServedModel {
    const model = this.#find(name);
    if (model) return model;
    const names = this.#models.map((one) => one.name).join(', ') || 'none';
    throw new TriptychError('MODEL_NOT_FOUND', `no model ${JSON.stringify(name)}; served are ${names}`, {
      field: 'model',
      resource: { type: 'model', name },
    });
  }

  /** The model that serves something: by name, or the default. Throws MODEL_NOT_FOUND, MODALITY_NOT_SERVED or DRAINING. */
  serving<M extends Modality | 'shared'>(what: M, name = ''): Serving<M> {
    this.checkOpen();
    return servingOf(name === '' ? this.#models : [this.get(name)], what, name);
  }

  /** The model whose audio encoder's default vectors lie in a space; undefined where there is none. */
  findAudioIn(space: string): Serving<'audio'> | undefined {
    return this.#models.find(
      (candidate): candidate is Serving<'audio'> =>
        candidate.audio?.space(candidate.audio.poolings[0], candidate.audio.contexts[0]) === space,
    );
  }

  isDefault(model: ServedModel, modality: Modality): boolean {
    return this.#models.find((candidate) => candidate[modality] !== undefined) === model;
  }

  /** Models for one call or stream, until it ends the lease. */
  lease(): ModelLease {
    return new ModelLease(this);
  }

  /** Counts a call in that works with a model; what is returned counts it out, once. */
  use(model: ServedModel): () => void {
    const held = this.#held.get(model);
    if (!held) throw new TriptychError('INTERNAL', `${model.name} is used after it has ended`);
    held.users++;
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      held.users--;
      if (held.users === 0) held.unused?.();
    };
  }

  /** Ends all models, whoever works with them. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(this.loaded.map((model) => model.close()));
  }

  #serve(model: ServedModel, models: readonly ServedModel[]): void {
    this.checkOpen();
    this.#held.set(model, { model, users: 0 });
    this.#models = models;
    this.#changed();
  }

  async #retire(model: ServedModel): Promise<void> {
    const held = this.#held.get(model);
    if (held && held.users > 0) await new Promise<void>((resolve) => (held.unused = resolve));
    try {
      await model.close();
    } finally {
      // Not before: whoever closes all models waits for this one, too.
      this.#held.delete(model);
      this.#changed(model);
    }
  }

  #find(name: string): ServedModel | undefined {
    return this.#models.find((model) => model.name === name);
  }

  /** Throws DRAINING. */
  checkOpen(): void {
    if (this.#isClosed) throw new TriptychError('DRAINING', 'the engine is closed');
  }

  #changed(ended?: ServedModel): void {
    for (const listener of this.#listeners) listener(ended);
  }
}
