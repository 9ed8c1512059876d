import { elementCount, TriptychError, type WeightSet } from '@triptych/core';
import type { ServedText } from '@triptych/engine';
import type { TextPreprocessor } from '@triptych/preprocessing';
import {
  endOfText,
  readTextConfig,
  startTextEncoder,
  TEXT_TENSORS,
  type TextConfig,
} from '@triptych/text-encoder';
import { readFloats } from '@triptych/weight-loader';
import { encoderOptions } from './encoder-options.js';
import type { TowerSpaces } from './load-clip.js';
import type { LoadContext } from './load-model.js';

/**
 * Starts a CLIP checkpoint's text tower. Its temperature, which only checkpoints of both towers have, is what cosines are
 * multiplied with to become logits. Weights that have to be decoded are so `after` that.
 */
export async function loadClipText(
  context: LoadContext,
  spaces: TowerSpaces,
  after: Promise<unknown> | undefined,
): Promise<{ served: ServedText; temperature: number | undefined }> {
  const { name, directory, weights, workers } = context;
  const config = readTextConfig(directory.metadata.config);
  const preprocessor = await workers.tokenizer(name, directory.tokenizer);
  await checkTokenizer(preprocessor, config);
  let temperature: number | undefined;
  const options = encoderOptions(context, 'text', async () => {
    const read = await weights.read(TEXT_TENSORS, after);
    temperature ??= readTemperature(read);
    return read;
  });
  const served: ServedText = {
    encoder: await context.started(startTextEncoder(config, options)),
    preprocessor,
    poolings: ['projected', 'end', 'none'],
    maxTokens: config.positions,
    dimensions: (pooling) => (pooling === 'projected' ? config.projection : config.blocks.width),
    space: spaces('text'),
  };
  return { served, temperature };
}

/** Throws MODEL_CONFIG unless a text ends where the tower looks for its end, within the vocabulary. */
async function checkTokenizer(preprocessor: TextPreprocessor, config: TextConfig): Promise<void> {
  const { ids } = await preprocessor.tokenize('', config.positions);
  if (endOfText(ids, config) === ids.length - 1 && ids.every((id) => id < config.vocabulary)) return;
  throw new TriptychError(
    'MODEL_CONFIG',
    `the tokenizer frames a text with tokens ${ids.join(' and ')}; the text encoder looks for token ` +
      `${config.endOfText ?? 'of the highest id'} at its end, below ${config.vocabulary}`,
  );
}

/** The exponential of `logit_scale`; undefined where there is none. Throws TENSOR_SHAPE. */
function readTemperature(set: WeightSet): number | undefined {
  const shape = set.tensors.get('logit_scale')?.shape;
  if (!shape) return undefined;
  if (elementCount(shape) === 1) return Math.exp(readFloats(set, 'logit_scale')[0]);
  throw new TriptychError(
    'TENSOR_SHAPE',
    `tensor logit_scale: expected one number, found [${shape.join(', ')}]`,
    { field: 'logit_scale' },
  );
}
