import { type JsonObject, TriptychError } from '@triptych/core';
import { blipMatcher, blipTextTower } from '@triptych/text-encoder';
import { blipVisionTower } from '@triptych/vision-encoder';
import type { ModelFamily, Scoring } from './model-family.js';

const RETRIEVAL = 'BlipForImageTextRetrieval';
const GENERATION = 'BlipForConditionalGeneration';

/**
 * BLIPs (Li et al. 2022). Those for retrieval have both towers, and an encoder of a text together with an image; of those for generation the
 * vision tower is served.
 */
export const blip: ModelFamily = {
  name: 'blip',
  classes: [RETRIEVAL, GENERATION],
  // What the base model's type says does not tell which of them a checkpoint is: its class has to.
  modelTypes: [],
  names: {
    renames: [],
    // Of checkpoints for generation the decoder is left out: nothing that is served takes it.
    keeps: /^(?!.*\.position_ids$)(vision_model|vision_proj|text_encoder|text_proj|itm_head)\./,
  },
  files: { required: [], optional: ['tokenizer.json', 'tokenizer_config.json'] },
  read: ({ config, preprocessor, files }) => {
    const hasProjection = isForRetrieval(config);
    const image = blipVisionTower(config, preprocessor, { hasProjection });
    if (!hasProjection) return { image };
    const text = blipTextTower(config, files);
    return { image, text, match: blipMatcher(config), scoring: scoring(config) };
  },
};

/** What `BlipConfig` has where a checkpoint is silent: the temperature that BLIP was trained from, 0.07. */
const LOGIT_SCALE = 2.6592;

/** Checkpoints for retrieval have no learned scale: cosines times the exponential of the configuration's, and their softmax. */
function scoring({ logit_scale_init_value: logScale = LOGIT_SCALE }: JsonObject): Scoring {
  if (typeof logScale !== 'number' || !Number.isFinite(logScale))
    throw new TriptychError('MODEL_CONFIG', 'logit_scale_init_value must be a number');
  return {
    tensors: new Map(),
    readWith: 'text',
    read: () => ({ scale: Math.exp(logScale), bias: 0, probabilities: 'softmax' }),
  };
}

function isForRetrieval({ architectures }: JsonObject): boolean {
  const names = [architectures ?? []].flat();
  if (names.includes(RETRIEVAL)) return true;
  if (names.includes(GENERATION)) return false;
  throw new TriptychError(
    'MODEL_CONFIG',
    `architectures must name ${RETRIEVAL} or ${GENERATION}, found ${JSON.stringify(architectures) ?? 'nothing'}`,
  );
}
