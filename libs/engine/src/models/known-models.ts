import type { Offered } from './served-model.js';
import { TriptychError } from '@triptych/core';
import { KnownModel } from './known-model.js';
import type { DescribedModel } from './model-loader.js';
import { checkName, ModelNames, partsOf } from './model-names.js';

/** Names that one message lists. */
const MOST_NAMED = 16;

/** The models that an engine knows, in the order in which they were named, and what names stand for. */
export class KnownModels {
  readonly #names = new ModelNames();
  readonly #models = new Map<string, KnownModel>();

  constructor(private readonly most: number) {}

  get all(): KnownModel[] {
    return [...this.#models.values()];
  }

  aliasesOf(model: string): string[] {
    return this.#names.aliasesOf(model);
  }

  /** By its own name, NAME alone, or an alias. */
  lookUp(name: string): KnownModel | undefined {
    return this.#models.get(this.#names.resolve(name));
  }

  /** The same of one that calls find. Throws MODEL_NOT_FOUND. */
  offered(name: string): KnownModel {
    const known = this.lookUp(name);
    if (known?.isOffered) return known;
    throw this.notFound(name);
  }

  /** By its own name alone. */
  own(name: string): KnownModel | undefined {
    return this.#models.get(name);
  }

  /** The model of calls of a modality that name none. */
  lookUpDefault(what: Offered): KnownModel | undefined {
    return this.#current().find((known) => known.takes(what));
  }

  /** Names of models that calls of it could name, some of them where they are many. */
  offering(what: Offered): string[] {
    const found = this.all.filter((known) => known.isOffered && known.takes(what));
    return found.slice(0, MOST_NAMED).map(({ name }) => name);
  }

  /** The first whose audio encoder's default vectors lie in a space. */
  audioIn(space: string): KnownModel | undefined {
    return this.#current().find(
      ({ card: { audio } }) => audio?.space(audio.poolings[0], audio.contexts[0]) === space,
    );
  }

  /** Knows a model. Throws MODEL_NAME_INVALID where its name stands for another, or MODELS_TOO_MANY. */
  add({ source, card, memoryBytes }: DescribedModel): KnownModel {
    const { name } = source;
    checkName(name);
    this.checkFree(name);
    const { base, version } = partsOf(name);
    if (this.#names.has(name)) throw invalid(`${name} stands for ${this.#names.resolve(name)} already`);
    if (version !== '' && this.#models.has(base))
      throw invalid(
        `${base} is served without a version, so ${name} cannot be a version of it; load it as ${base}, in its place`,
      );
    if (this.#models.size >= this.most) this.#forgetUnloaded();
    const known = new KnownModel(name, source, card, memoryBytes);
    this.#models.set(name, known);
    if (version !== '' && !this.#names.has(base)) this.#names.move(base, name);
    return known;
  }

  /** Throws CONFIG_INVALID where a model of this name is known. */
  checkFree(name: string): void {
    if (!this.#models.has(name)) return;
    throw new TriptychError(
      'CONFIG_INVALID',
      `two models are named ${name}; give one another name with --model NAME=DIR`,
    );
  }

  forget({ name }: KnownModel): void {
    this.#models.delete(name);
    this.#names.forget(name);
  }

  /** Its NAME alone stands for it from now on. */
  makeCurrent({ name }: KnownModel): void {
    this.#names.move(partsOf(name).base, name);
  }

  /** Makes a name stand for a model, from now on. Throws MODEL_NAME_INVALID, MODEL_NOT_FOUND or MODELS_TOO_MANY. */
  alias(alias: string, model: string): void {
    this.checkAlias(alias);
    const known = this.lookUp(model);
    if (!known) throw this.notFound(model);
    if (!this.#names.has(alias) && this.#names.size >= 2 * this.most)
      throw new TriptychError('MODELS_TOO_MANY', `${this.#names.size} aliases are known; no more may be`);
    this.#names.move(alias, known.name);
  }

  /** Throws MODEL_NAME_INVALID. */
  checkAlias(alias: string): void {
    checkName(alias);
    if (this.#models.has(alias)) throw invalid(`${alias} is the name of a model; it can be no alias`);
  }

  dropAlias(alias: string): void {
    this.#names.drop(alias);
  }

  notFound(name: string): TriptychError {
    const served = this.all.filter(({ isOffered }) => isOffered).map((known) => known.name);
    const others = this.all.filter(({ isOffered }) => !isOffered).map((known) => known.name);
    const list = (names: readonly string[]) =>
      names.length > 16 ? `${names.slice(0, 16).join(', ')} and ${names.length - 16} more` : names.join(', ');
    const unloaded = others.length > 0 ? `; unloaded are ${list(others)}` : '';
    return new TriptychError(
      'MODEL_NOT_FOUND',
      `no model ${JSON.stringify(name.slice(0, 256))}; served are ${list(served) || 'none'}${unloaded}`,
      { field: 'model', resource: { type: 'model', name } },
    );
  }

  /** Those that calls without a version find. */
  #current(): KnownModel[] {
    return this.all.filter(({ name, isOffered }) => isOffered && this.#names.isCurrent(name));
  }

  /** Makes room for one more name. */
  #forgetUnloaded(): void {
    const unloaded = this.all.find(({ state }) => state === 'unloaded');
    if (!unloaded)
      throw new TriptychError(
        'MODELS_TOO_MANY',
        `${this.most} models are known, as many as may be; unload one`,
      );
    this.forget(unloaded);
  }
}

const invalid = (message: string) => new TriptychError('MODEL_NAME_INVALID', message);
