import { type JsonObject, parseJson, TriptychError } from '@triptych/core';
import type { TokenizerRecipe } from '@triptych/preprocessing';

export interface FramedTokenizer {
  /** Rows of the encoder's table of tokens. */
  readonly vocabulary: number;
  /** Whether texts are lowered unless a step of `tokenizer.json` does that. Default: no. */
  readonly lowersCase?: boolean;
}

/** The tokenizer of a checkpoint that has a token before each text and one after it. Throws WEIGHTS_MISSING without a `tokenizer.json`. */
export function framedTokenizer(
  files: Readonly<Record<string, string | undefined>>,
  { vocabulary, lowersCase = false }: FramedTokenizer,
): TokenizerRecipe {
  const { 'tokenizer.json': json } = files;
  if (json === undefined)
    throw new TriptychError('WEIGHTS_MISSING', 'the model has no tokenizer: expected tokenizer.json');
  return {
    json,
    config: files['tokenizer_config.json'],
    frame: { before: 1, after: 1 },
    vocabulary,
    ...(lowersCase ? { cleaning: ['lowercase-once'] } : {}),
  };
}

/** The longest text that a checkpoint's tokenizer makes, in tokens: `model_max_length`, or as many as one likes. */
export function tokenizerLimit(files: Readonly<Record<string, string | undefined>>): number {
  const { model_max_length: limit } = parseJson(files['tokenizer_config.json'] ?? '{}') as JsonObject;
  return typeof limit === 'number' && limit > 0 ? limit : Infinity;
}
