import { type JsonObject, TriptychError } from '@triptych/core';
import { blipCaptioner, blipMatcher, blipTextTower } from '@triptych/text-encoder';
import { blipVisionTower } from '@triptych/vision-encoder';
import type { ModelFamily, Scoring } from './model-family.js';

const RETRIEVAL = 'BlipForImageTextRetrieval';
const GENERATION = 'BlipForConditionalGeneration';

/**
 * BLIPs (Li et al. 2022). Those for retrieval have both towers, and an encoder of a text together with an image; those for generation the
 * vision tower, and a decoder that writes captions.
 */
export const blip: ModelFamily = {
  name: 'blip',
  classes: [RETRIEVAL, GENERATION],
  // What the base model's type says does not tell which of them a checkpoint is: its class has to.
  modelTypes: [],
  names: {
    renames: [],
    // The head's matrix is the words' embeddings, and its bias is there by another name: files may have both twice.
    keeps:
      /^(?!.*\.position_ids$)(?!text_decoder\.cls\.predictions\.decoder\.)(vision_model|vision_proj|text_encoder|text_proj|itm_head|text_decoder)\./,
  },
  files: { required: [], optional: ['tokenizer.json', 'tokenizer_config.json'] },
  read: ({ config, preprocessor, files }) => {
    const hasProjection = isForRetrieval(config);
    const image = blipVisionTower(config, preprocessor, { hasProjection });
    if (!hasProjection) return { image, caption: blipCaptioner(config, files) };
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
