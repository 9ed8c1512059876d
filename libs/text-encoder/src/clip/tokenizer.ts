import { type JsonObject, TriptychError } from '@triptych/core';
import type { TokenizerRecipe } from '@triptych/preprocessing';
import { clipTokenizerJson } from './tokenizer-json.js';

/**
 * The tokenizer of a CLIP checkpoint, of its `tokenizer.json` or what that can be made from: a start token, the text, an end token.
 * Throws WEIGHTS_MISSING without either, WEIGHTS_CORRUPT for a vocabulary that is no JSON.
 */
export function clipTokenizer(files: Readonly<Record<string, string>>): TokenizerRecipe {
  const frame = { before: 1, after: 1 };
  const config = files['tokenizer_config.json'];
  const { 'tokenizer.json': json, 'vocab.json': vocabulary, 'merges.txt': merges } = files;
  if (json !== undefined) return { json, config, frame };
  if (vocabulary !== undefined && merges !== undefined)
    return { json: JSON.stringify(clipTokenizerJson(parse(vocabulary), merges)), config, frame };
  throw new TriptychError(
    'WEIGHTS_MISSING',
    'the model has no tokenizer: expected tokenizer.json, or vocab.json and merges.txt',
  );
}

function parse(vocabulary: string): JsonObject {
  try {
    return JSON.parse(vocabulary) as JsonObject;
  } catch (cause) {
    throw new TriptychError('WEIGHTS_CORRUPT', 'vocab.json: not valid JSON', { cause });
  }
}
