import * as tokenizers from '@huggingface/tokenizers';
import type { JsonObject } from '@triptych/core';

/** A model of the library: words to tokens. */
export interface LibraryModel {
  encode(words: readonly string[]): string[];
  readonly tokens_to_ids: ReadonlyMap<string, number>;
  readonly unk_token_id: number | undefined;
}

/** A pre-tokenizer of the library. */
export interface LibraryPreTokenizer {
  pre_tokenize_text(text: string): string[];
}

type LibraryClass<T> = new (json?: JsonObject) => T;

/** The members of HuggingFace's tokenizers that are used here: its own types do not resolve in Node. */
interface Library {
  readonly BPE: LibraryClass<LibraryModel>;
  readonly Unigram: LibraryClass<LibraryModel>;
  readonly WordPiece: LibraryClass<LibraryModel>;
  readonly DigitsPreTokenizer: LibraryClass<LibraryPreTokenizer>;
  readonly PunctuationPreTokenizer: LibraryClass<LibraryPreTokenizer>;
  readonly SplitPreTokenizer: LibraryClass<LibraryPreTokenizer>;
  readonly WhitespacePreTokenizer: LibraryClass<LibraryPreTokenizer>;
  readonly ReplaceNormalizer: LibraryClass<{ normalize(text: string): string }>;
}

export const library = tokenizers as unknown as Library;
