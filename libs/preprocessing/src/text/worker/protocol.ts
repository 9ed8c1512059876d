import type { Tokens } from '../tokenizer.js';

export interface TokenizeRequest {
  readonly text: string;
  /** Most tokens that are kept, start and end included. */
  readonly context: number;
}

export interface TokenizedText extends Tokens {
  readonly preprocessUs: number;
}
