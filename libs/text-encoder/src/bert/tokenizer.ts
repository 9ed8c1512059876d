import { type JsonObject, parseJson, TriptychError } from '@triptych/core';
import type { TokenizerRecipe } from '@triptych/preprocessing';
import type { BertConfig } from './config.js';
import type { CheckpointFiles } from './module-files.js';
import type { SentencePipeline } from './sentence.js';

/**
 * The tokenizer of a BERT-like checkpoint: a token before each text and one after it. Throws WEIGHTS_MISSING without a `tokenizer.json`.
 */
export function sentenceTokenizer(
  files: CheckpointFiles,
  pipeline: Pick<SentencePipeline, 'lowersCase'>,
  { vocabulary }: Pick<BertConfig, 'vocabulary'>,
): TokenizerRecipe {
  const { 'tokenizer.json': json } = files;
  if (json === undefined)
    throw new TriptychError('WEIGHTS_MISSING', 'the model has no tokenizer: expected tokenizer.json');
  return {
    json,
    config: files['tokenizer_config.json'],
    frame: { before: 1, after: 1 },
    vocabulary,
    ...(pipeline.lowersCase ? { cleaning: 'lowercase-once' } : {}),
  };
}

/** The longest text that a checkpoint's tokenizer makes, in tokens: `model_max_length`, or as many as one likes. */
export function tokenizerLimit(files: CheckpointFiles): number {
  const { model_max_length: limit } = parseJson(files['tokenizer_config.json'] ?? '{}') as JsonObject;
  return typeof limit === 'number' && limit > 0 ? limit : Infinity;
}
