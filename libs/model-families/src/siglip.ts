import { type JsonObject, TriptychError } from '@triptych/core';
import { siglipTextTower } from '@triptych/text-encoder';
import { siglipVisionTower } from '@triptych/vision-encoder';
import type { ModelFamily, Scoring } from './model-family.js';
import { readScalar } from './read-scalar.js';

/** SigLIPs (Zhai et al. 2023) and those SigLIP 2s (Tschannen et al. 2025) whose images have one resolution; both towers or one. */
export const siglip: ModelFamily = {
  name: 'siglip',
  classes: ['SiglipModel', 'SiglipVisionModel', 'SiglipTextModel', 'Siglip2Model'],
  modelTypes: ['siglip', 'siglip_vision_model', 'siglip_text_model', 'siglip2'],
  names: { renames: [], keeps: /^(?!.*\.position_ids$)/ },
  files: { required: [], optional: ['tokenizer.json', 'tokenizer_config.json'] },
  read: ({ config, preprocessor, files }) => {
    if (config['model_type'] === 'siglip2')
      throw new TriptychError(
        'MODEL_CONFIG',
        'model_type siglip2 takes images of any shape (NaFlex), which is not served; expected siglip, as SigLIP 2 of one resolution has it',
      );
    const whole = bothTowers(config);
    const [hasVision, hasText] = [whole['vision_config'], whole['text_config']].map(
      (one) => one !== undefined,
    );
    return {
      ...(hasVision ? { image: siglipVisionTower(whole, preprocessor) } : {}),
      ...(hasText ? { text: siglipTextTower(whole, files) } : {}),
      ...(hasVision && hasText ? { scoring } : {}),
    };
  },
};

/** Cosines times the exponential of the learned `logit_scale`, plus the learned `logit_bias`: each pair's logit by itself. */
const scoring: Scoring = {
  tensors: new Map([
    ['logit_scale', [1]],
    ['logit_bias', [1]],
  ]),
  readWith: 'text',
  read: (weights) => {
    const [logScale, bias] = ['logit_scale', 'logit_bias'].map((name) => readScalar(weights, name));
    if (logScale === undefined || bias === undefined) return undefined;
    return { scale: Math.exp(logScale), bias, probabilities: 'sigmoid' };
  },
};

/** The configuration of both towers, or the one that a checkpoint has: those of one tower keep its fields where the whole has its own. */
function bothTowers(config: JsonObject): JsonObject {
  const { model_type: kind, quantization_config } = config;
  const model = quantization_config === undefined ? {} : { quantization_config };
  if (kind === 'siglip_vision_model') return { ...model, vision_config: config };
  if (kind === 'siglip_text_model') return { ...model, text_config: config };
  return { vision_config: {}, text_config: {}, ...config };
}
