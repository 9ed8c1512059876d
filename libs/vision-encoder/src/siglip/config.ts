import { ConfigFields, type JsonObject } from '@triptych/core';
import {
  baseSize,
  dualEncoderNames,
  geluActivations,
  readTransformer,
  type TransformerSize,
} from '@triptych/inference-core';
import { patchesOfSide, type PixelNormalization, readPixelNormalization } from '../patches.js';

/** A SigLIP vision tower (Zhai et al. 2023; Tschannen et al. 2025), as its checkpoint configures it. */
export interface SiglipVisionConfig extends TransformerSize {
  /** Pixels of one side of the input. */
  readonly imageSize: number;
  /** Pixels of one side of a patch. */
  readonly patchSize: number;
  readonly pixels: PixelNormalization;
}

/** What `SiglipVisionConfig` has where a checkpoint is silent. */
const defaults = {
  ...baseSize,
  num_channels: 3,
  image_size: 224,
  patch_size: 16,
  vision_use_head: true,
};

/** What `SiglipImageProcessor` does where a checkpoint's preprocessor_config.json is silent. */
const pixelStandards = { image_mean: [0.5, 0.5, 0.5], image_std: [0.5, 0.5, 0.5] };

/** What a checkpoint of SigLIP never says, and the activations that it may name. */
const standards = {
  activations: geluActivations,
  layerNormEpsilon: 1e-6,
  norms: 'pre',
  names: dualEncoderNames,
} as const;

/** Reads a HuggingFace `config.json` and `preprocessor_config.json`. Throws MODEL_CONFIG naming every bad field. */
export function readSiglipVisionConfig(
  config: JsonObject,
  preprocessor: JsonObject = {},
): SiglipVisionConfig {
  const { vision_config: own } = config;
  const model = new ConfigFields({ ...config, vision_config: { ...defaults, ...(own as JsonObject) } });
  const fields = model.object('vision_config');
  if (fields.count('num_channels') !== 3) fields.problem('num_channels must be 3');
  if (!fields.flag('vision_use_head', true)) fields.problem('vision_use_head must be true');
  const vision: SiglipVisionConfig = {
    ...readTransformer(model, fields, standards),
    imageSize: fields.count('image_size'),
    patchSize: fields.count('patch_size'),
    pixels: readPixelNormalization(model, preprocessor, pixelStandards),
  };
  if (vision.patchSize > vision.imageSize) fields.problem('patch_size must be at most image_size');
  model.check('SigLIP vision configuration');
  return vision;
}

/** Finds the vision tower's tensors among a checkpoint's. */
export const SIGLIP_VISION_TENSORS = /^vision_model\./;

/** Tokens of an image: one a patch. */
export function siglipTokenCount(config: SiglipVisionConfig): number {
  return patchesOfSide(config) ** 2;
}
