import type { JsonObject } from '@triptych/core';
import { clipTextTower } from '@triptych/text-encoder';
import { clipVisionTower } from '@triptych/vision-encoder';
import type { ModelFamily, Scoring } from './model-family.js';
import { readScalar } from './read-scalar.js';

/** CLIPs (Radford et al. 2021), both towers or one. */
export const clip: ModelFamily = {
  name: 'clip',
  classes: ['CLIPModel', 'CLIPVisionModelWithProjection', 'CLIPTextModelWithProjection'],
  modelTypes: ['clip', 'clip_vision_model', 'clip_text_model'],
  names: {
    renames: [[/^model\./, '']],
    // Tables of consecutive numbers, which older versions of transformers stored as weights.
    keeps: /^(?!.*\.position_ids$)/,
  },
  files: {
    required: [],
    optional: ['tokenizer.json', 'tokenizer_config.json', 'vocab.json', 'merges.txt'],
  },
  read: ({ config, preprocessor, files }) => {
    const whole = bothTowers(config);
    const hasText = whole['text_config'] !== undefined;
    // What has no text tower is to have a vision tower: that one says what is missing.
    const hasVision = whole['vision_config'] !== undefined || !hasText;
    return {
      ...(hasVision ? { image: clipVisionTower(whole, preprocessor) } : {}),
      ...(hasText ? { text: clipTextTower(whole, files) } : {}),
      ...(hasVision && hasText ? { scoring } : {}),
    };
  },
};

/** Cosines times the exponential of the learned `logit_scale`, and their softmax. */
const scoring: Scoring = {
  tensors: new Map([['logit_scale', []]]),
  readWith: 'text',
  read: (weights) => {
    const logScale = readScalar(weights, 'logit_scale');
    if (logScale === undefined) return undefined;
    return { scale: Math.exp(logScale), bias: 0, probabilities: 'softmax' };
  },
};

/**
 * The configuration of a CLIP with both towers, or the one that a checkpoint has: `CLIPVisionModelWithProjection` and
 * `CLIPTextModelWithProjection` keep their tower's fields where `CLIPModel` has its own.
 */
function bothTowers(config: JsonObject): JsonObject {
  const { model_type: kind, projection_dim, quantization_config } = config;
  const model = { projection_dim, ...(quantization_config === undefined ? {} : { quantization_config }) };
  if (kind === 'clip_vision_model') return { ...model, vision_config: config };
  if (kind === 'clip_text_model') return { ...model, text_config: config };
  return config;
}
