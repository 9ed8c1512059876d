import { type JsonObject, parseFile, TriptychError } from '@triptych/core';
import type { TokenizerRecipe } from '@triptych/preprocessing';
import { clipTokenizerJson } from './tokenizer-json.js';

/**
 * The tokenizer of a CLIP checkpoint, of its `tokenizer.json` or what that can be made from: a start token, the text, an end token.
 * `vocabulary` is the rows of the tower's table. Throws WEIGHTS_MISSING without either, WEIGHTS_CORRUPT for a vocabulary that is no JSON.
 */
export function clipTokenizer(files: Readonly<Record<string, string>>, vocabulary: number): TokenizerRecipe {
  const frame = { before: 1, after: 1 };
  const config = files['tokenizer_config.json'];
  const { 'tokenizer.json': json, 'vocab.json': vocab, 'merges.txt': merges } = files;
  if (json !== undefined) return { json, config, frame, vocabulary };
  if (vocab !== undefined && merges !== undefined)
    return {
      json: JSON.stringify(clipTokenizerJson(parseFile(vocab, 'vocab.json') as JsonObject, merges)),
      config,
      frame,
      vocabulary,
    };
  throw new TriptychError(
    'WEIGHTS_MISSING',
    'the model has no tokenizer: expected tokenizer.json, or vocab.json and merges.txt',
  );
}
