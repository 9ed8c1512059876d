import type { Generated } from './protocol.js';

/** What the rows of a sequence go on with: a token for each, and the row whose caches it continues. */
export interface NextTokens {
  readonly tokens: readonly number[];
  readonly parents: readonly number[];
}

/** Chooses a sequence's tokens. */
export interface Search {
  /** The tokens so far, where they are settled. */
  readonly settled: readonly number[];
  /**
   * `logits` of the rows [rows, vocabulary], which it may change; after the prompt, those of its last token are in each row. undefined:
   * the sequence has ended.
   */
  advance(logits: readonly Float32Array[]): NextTokens | undefined;
  result(): Omit<Generated, 'probes'>;
}
