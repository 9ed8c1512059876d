import { type JsonObject, parseJson, TriptychError } from '@triptych/core';
import type { TokenizerRecipe } from '@triptych/preprocessing';
import type { SiglipTextConfig } from './config.js';

/** What `SiglipTokenizer.canonicalize_text` makes of a text. */
const canonical = ['lowercase-in-words', 'no-punctuation', 'single-spaces'] as const;

/** What the classes of tokenizers do to a text beside what their `tokenizer.json` says. */
const cleanings: Readonly<Record<string, TokenizerRecipe['cleaning']>> = {
  SiglipTokenizer: canonical,
  SiglipTokenizerFast: canonical,
  Siglip2Tokenizer: ['lowercase'],
};

/** Gemma's tokenizer fills up at the left unless its configuration says otherwise. */
const leftPadded = ['Siglip2Tokenizer', 'GemmaTokenizer', 'GemmaTokenizerFast'];

/**
 * The tokenizer of a SigLIP checkpoint: a token after each text, and padding up to the tower's length. Throws WEIGHTS_MISSING
 * without a `tokenizer.json`.
 */
export function siglipTokenizer(
  files: Readonly<Record<string, string>>,
  { positions: length, vocabulary }: Pick<SiglipTextConfig, 'positions' | 'vocabulary'>,
): TokenizerRecipe {
  const { 'tokenizer.json': json } = files;
  if (json === undefined)
    throw new TriptychError('WEIGHTS_MISSING', 'the model has no tokenizer: expected tokenizer.json');
  const config = parseJson(files['tokenizer_config.json'] ?? '{}') as JsonObject;
  const kind = typeof config['tokenizer_class'] === 'string' ? config['tokenizer_class'] : 'SiglipTokenizer';
  const cleaning = cleanings[kind];
  const side = config['padding_side'] ?? (leftPadded.includes(kind) ? 'left' : 'right');
  return {
    json,
    config: files['tokenizer_config.json'],
    frame: { before: 0, after: 1 },
    vocabulary,
    padding: { length, token: contentOf(config['pad_token']), side: side === 'left' ? 'left' : 'right' },
    ...(cleaning ? { cleaning } : {}),
  };
}

/** A token is its text, or an object that has it. */
function contentOf(token: unknown): string {
  const content = typeof token === 'object' && token !== null ? (token as JsonObject)['content'] : token;
  return typeof content === 'string' ? content : '</s>';
}
