import { type ErrorRecord, isCount } from '@triptych/core';
import type { BpeFiles } from '../bpe-files.js';
import type { Tokens, TokenizerRecipe } from '../tokenizer.js';

/** A piece of one of a recipe's files. */
export interface ReceiveRequest {
  readonly file: 'json' | 'vocab' | 'merges';
  readonly piece: string;
}

/** A recipe whose files have come: without them, and what is known beside them where they are no `tokenizer.json`. */
export interface OpenRequest {
  readonly recipe: Omit<TokenizerRecipe, 'json'>;
  readonly bpe?: Omit<BpeFiles, 'vocab' | 'merges'> | undefined;
}

export interface TokenizeRequest {
  readonly text: string;
  /** Most tokens that are kept, start and end included. */
  readonly context: number;
}

export interface TokenizedText extends Tokens {
  readonly preprocessUs: number;
}

/** What tokens of a model are. */
export type TokenLimits = Pick<TokenizerRecipe, 'vocabulary' | 'padding'>;

/** Whether what a tokenizer's process sent are the tokens of a text: whoever took it over may send anything. */
export function isTokenizedText(
  value: unknown,
  { context }: TokenizeRequest,
  { vocabulary = Infinity, padding }: TokenLimits,
): value is TokenizedText {
  if (typeof value !== 'object' || value === null) return false;
  const { ids, untruncated, preprocessUs } = value as Readonly<Record<string, unknown>>;
  const least = padding?.length ?? 0;
  return (
    Array.isArray(ids) &&
    ids.length >= least &&
    ids.length <= Math.max(context, least) &&
    ids.every((id) => isCount(id) && id < vocabulary) &&
    isCount(untruncated) &&
    isCount(preprocessUs)
  );
}

/** What becomes of one of several texts. */
export type Tokenized = TokenizedText | { readonly error: ErrorRecord };
