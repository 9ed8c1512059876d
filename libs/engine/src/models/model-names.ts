import { TriptychError } from '@triptych/core';

const MOST_NAME_BYTES = 256;
const VERSION = /^(.+)@([\w.-]{1,64})$/s;

/** The parts of NAME or NAME@VERSION. */
export function partsOf(name: string): { readonly base: string; readonly version: string } {
  const [, base, version] = VERSION.exec(name) ?? [];
  return base === undefined ? { base: name, version: '' } : { base, version };
}

/** Throws MODEL_NAME_INVALID where text can be no name of a model, and no alias. */
export function checkName(name: string): void {
  const isPlain = name !== '' && name.trim() === name && !/[=\\\u0000-\u001f\u007f]/.test(name);
  if (isPlain && Buffer.byteLength(name) <= MOST_NAME_BYTES) return;
  throw new TriptychError(
    'MODEL_NAME_INVALID',
    `${JSON.stringify(name.slice(0, 64))} is no name of a model: expected NAME or NAME@VERSION of at most ${MOST_NAME_BYTES} bytes, ` +
      'without =, backslashes, control characters, and spaces at its ends',
  );
}

/**
 * What names stand for. A model is asked for by its own name, NAME or NAME@VERSION; by NAME alone, which stands for one of its
 * versions; or by an alias. Moving a name is one assignment: a call finds what it stood for before, or what it stands for now.
 */
export class ModelNames {
  readonly #targets = new Map<string, string>();

  /** The name of the model that is meant. */
  resolve(name: string): string {
    return this.#targets.get(name) ?? name;
  }

  /** True where a model's NAME alone stands for it. */
  isCurrent(model: string): boolean {
    return this.resolve(partsOf(model).base) === model;
  }

  /** Names that stand for a model, its own not among them. */
  aliasesOf(model: string): string[] {
    return [...this.#targets].flatMap(([alias, target]) => (target === model ? [alias] : []));
  }

  get size(): number {
    return this.#targets.size;
  }

  has(alias: string): boolean {
    return this.#targets.has(alias);
  }

  move(alias: string, model: string): void {
    if (alias !== model) this.#targets.set(alias, model);
  }

  drop(alias: string): void {
    this.#targets.delete(alias);
  }

  /** A model is known no more. */
  forget(model: string): void {
    for (const alias of this.aliasesOf(model)) this.#targets.delete(alias);
  }
}
