import { ConfigFields, type JsonObject } from '@triptych/core';
import { activations, postNormNames, readTransformer, type TransformerSize } from '@triptych/inference-core';

/** BLIP's text encoder (Li et al. 2022; BERT with cross-attention), as its checkpoint configures it. */
export interface BlipTextConfig extends TransformerSize {
  /** Values of a vector of the space that both towers share. */
  readonly projection: number;
  readonly vocabulary: number;
  /** The longest text, in tokens. */
  readonly positions: number;
  /** Of the tokens of an image: how many, and how wide. */
  readonly image: { readonly tokens: number; readonly width: number };
}

/** What `BlipTextConfig` has where a checkpoint is silent. */
const defaults = {
  vocab_size: 30524,
  hidden_size: 768,
  intermediate_size: 3072,
  num_hidden_layers: 12,
  num_attention_heads: 8,
  max_position_embeddings: 512,
};
/** What `BlipVisionConfig` and `BlipConfig` have. */
const visionDefaults = { hidden_size: 768, image_size: 384, patch_size: 16 };
const PROJECTION = 256;

const standards = {
  activations: { gelu: activations.gelu, ...activations },
  layerNormEpsilon: 1e-12,
  norms: 'post',
  names: postNormNames,
} as const;

/** Reads a HuggingFace `config.json`. Throws MODEL_CONFIG naming every bad field. */
export function readBlipTextConfig(config: JsonObject): BlipTextConfig {
  const {
    text_config: text,
    vision_config: vision,
    image_text_hidden_size: projection = PROJECTION,
  } = config;
  const model = new ConfigFields({
    ...config,
    image_text_hidden_size: projection,
    text_config: { ...defaults, ...(text as JsonObject) },
    vision_config: { ...visionDefaults, ...(vision as JsonObject) },
  });
  const fields = model.object('text_config');
  const ofVision = model.object('vision_config');
  if (!fields.flag('is_decoder', true))
    fields.problem('is_decoder must be true: without it the checkpoint has no cross-attention');
  const read: BlipTextConfig = {
    ...readTransformer(model, fields, standards),
    projection: model.count('image_text_hidden_size'),
    vocabulary: fields.count('vocab_size'),
    positions: fields.count('max_position_embeddings'),
    image: {
      tokens: 1 + Math.floor(ofVision.count('image_size') / ofVision.count('patch_size')) ** 2,
      width: ofVision.count('hidden_size'),
    },
  };
  model.check('BLIP text configuration');
  return read;
}

const CROSS_ATTENTION = String.raw`encoder\.layer\.\d+\.crossattention\.`;

/** Finds what encodes a text alone among a checkpoint's tensors, … */
export const BLIP_TEXT_TENSORS = new RegExp(String.raw`^(text_encoder\.(?!${CROSS_ATTENTION})|text_proj\.)`);
/** … and what encodes it together with an image. */
export const BLIP_MATCH_TENSORS = /^(text_encoder\.|itm_head\.)/;
