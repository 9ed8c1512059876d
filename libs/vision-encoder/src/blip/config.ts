import { ConfigFields, type JsonObject } from '@triptych/core';
import {
  activations,
  attentionNames,
  baseSize,
  readTransformer,
  type TransformerSize,
} from '@triptych/inference-core';
import { patchesOfSide, type PixelNormalization, readPixelNormalization } from '../patches.js';

/** BLIP's vision tower (Li et al. 2022; a ViT, Dosovitskiy et al. 2020), as its checkpoint configures it. */
export interface BlipVisionConfig extends Omit<TransformerSize, 'blocks'> {
  readonly blocks: Omit<TransformerSize['blocks'], 'quantization'>;
  /** Values of a vector of the space that both towers share; undefined: the checkpoint has no such space. */
  readonly projection: number | undefined;
  /** Pixels of one side of the input. */
  readonly imageSize: number;
  /** Pixels of one side of a patch. */
  readonly patchSize: number;
  readonly pixels: PixelNormalization;
}

/** What `BlipConfig` and `BlipVisionConfig` have where a checkpoint is silent. */
const defaults = {
  ...baseSize,
  image_size: 384,
  patch_size: 16,
};
const PROJECTION = 256;

const standards = {
  activations: { gelu: activations.gelu, ...activations },
  layerNormEpsilon: 1e-5,
  norms: 'pre',
  // Queries, keys and values are one layer in a checkpoint: see `graph.ts`.
  names: {
    ...attentionNames('self_attn'),
    attentionNorm: 'layer_norm1',
    mlpIn: 'mlp.fc1',
    mlpOut: 'mlp.fc2',
    mlpNorm: 'layer_norm2',
  },
} as const;

/** What `BlipImageProcessor` does where a checkpoint's preprocessor_config.json is silent. */
const pixelStandards = {
  image_mean: [0.48145466, 0.4578275, 0.40821073],
  image_std: [0.26862954, 0.26130258, 0.27577711],
};

/** Reads a HuggingFace `config.json` and `preprocessor_config.json`. Throws MODEL_CONFIG naming every bad field. */
export function readBlipVisionConfig(
  config: JsonObject,
  preprocessor: JsonObject,
  hasProjection: boolean,
): BlipVisionConfig {
  const { vision_config: own, image_text_hidden_size: projection = PROJECTION } = config;
  const model = new ConfigFields({
    ...config,
    image_text_hidden_size: projection,
    vision_config: { ...defaults, ...(own as JsonObject) },
  });
  const fields = model.object('vision_config');
  if (model.raw('quantization_config') !== undefined)
    model.problem('quantization_config must not be there: BLIP is served in float32');
  const vision: BlipVisionConfig = {
    ...readTransformer(model, fields, standards),
    projection: hasProjection ? model.count('image_text_hidden_size') : undefined,
    imageSize: fields.count('image_size'),
    patchSize: fields.count('patch_size'),
    pixels: readPixelNormalization(model, preprocessor, pixelStandards),
  };
  if (vision.imageSize % vision.patchSize !== 0)
    fields.problem('image_size must be a multiple of patch_size');
  model.check('BLIP vision configuration');
  return vision;
}

/** Finds the vision tower's tensors among a checkpoint's. */
export const BLIP_VISION_TENSORS = /^(vision_model\.|vision_proj\.)/;

/** Tokens of an image: the class token, and one a patch. */
export function blipTokenCount(config: BlipVisionConfig): number {
  return 1 + patchesOfSide(config) ** 2;
}
