import type { ErrorRecord } from '@triptych/core';
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

/** What becomes of one of several texts. */
export type Tokenized = TokenizedText | { readonly error: ErrorRecord };
