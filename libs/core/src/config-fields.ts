import { TriptychError } from './errors/triptych-error.js';

export type JsonObject = Readonly<Record<string, unknown>>;

/** Reads fields of a model's JSON configuration and gathers every problem, to report them together. */
export class ConfigFields {
  readonly #problems: string[] = [];
  readonly #children: ConfigFields[] = [];

  constructor(
    private readonly source: JsonObject,
    /** Put before each field's name in messages. */
    private readonly path = '',
  ) {}

  /** A positive integer. */
  count(key: string): number {
    return this.#read(key, 'a positive integer', 1, (v) => Number.isInteger(v) && Number(v) > 0);
  }

  /** A finite number. */
  number(key: string, standard?: number): number {
    return this.#read(key, 'a number', 1, Number.isFinite, standard);
  }

  flag(key: string, standard: boolean): boolean {
    return this.#read(key, 'true or false', standard, (v) => typeof v === 'boolean', standard);
  }

  /** So many finite numbers. */
  numbers(key: string, length: number): readonly number[] {
    const fits = (v: unknown) => Array.isArray(v) && v.length === length && v.every(Number.isFinite);
    return this.#read(key, `${length} numbers`, Array<number>(length).fill(1), fits);
  }

  /** One of the keys of `known`; its value. */
  choice<T>(key: string, known: Readonly<Record<string, T>>, standard?: string): T {
    const [first] = Object.keys(known);
    const expected = `one of ${Object.keys(known).join(', ')}`;
    return known[this.#read(key, expected, first, (v) => Object.hasOwn(known, String(v)), standard)];
  }

  /** The fields of an object below this one. Its problems count as this one's. */
  object(key: string): ConfigFields {
    const fits = (v: unknown) => typeof v === 'object' && v !== null && !Array.isArray(v);
    const below = new ConfigFields(this.#read(key, 'an object', {}, fits), `${this.path}${key}.`);
    this.#children.push(below);
    return below;
  }

  /** What a key holds, unchecked. */
  raw(key: string): unknown {
    return this.source[key];
  }

  get keys(): readonly string[] {
    return Object.keys(this.source);
  }

  problem(text: string): void {
    this.#problems.push(`${this.path}${text}`);
  }

  get problems(): readonly string[] {
    return [...this.#problems, ...this.#children.flatMap((child) => child.problems)];
  }

  /** Throws MODEL_CONFIG that lists every problem; `what` is the kind of configuration. */
  check(what: string): void {
    if (this.problems.length > 0)
      throw new TriptychError('MODEL_CONFIG', `${what}: ${this.problems.join('; ')}`);
  }

  #read<T>(key: string, expected: string, fallback: T, fits: (value: unknown) => boolean, standard?: T): T {
    const value = this.source[key] ?? standard;
    if (fits(value)) return value as T;
    this.problem(`${key} must be ${expected}, found ${JSON.stringify(value) ?? 'nothing'}`);
    return fallback;
  }
}
