import { ConfigFields, type JsonObject } from '@triptych/core';
import { dualEncoderNames, readTransformer, type TransformerSize } from '@triptych/inference-core';
import { type PixelNormalization, readPixelNormalization } from '../patches.js';

/** A CLIP vision tower (Radford et al. 2021; a ViT, Dosovitskiy et al. 2020), as its checkpoint configures it. */
export interface VisionConfig extends TransformerSize {
  /** Values of a vector of the space that both towers share. */
  readonly projection: number;
  /** Pixels of one side of the input. */
  readonly imageSize: number;
  /** Pixels of one side of a patch. */
  readonly patchSize: number;
  readonly pixels: PixelNormalization;
}

/** What `CLIPVisionConfig` has where a checkpoint is silent. */
const standards = {
  activations: { quick_gelu: 'quick_gelu', gelu: 'gelu' },
  layerNormEpsilon: 1e-5,
  norms: 'pre',
  names: dualEncoderNames,
} as const;

/** What `CLIPImageProcessor` does where a checkpoint's preprocessor_config.json is silent. */
const pixelStandards = {
  image_mean: [0.48145466, 0.4578275, 0.40821073],
  image_std: [0.26862954, 0.26130258, 0.27577711],
};

/** Reads a HuggingFace `config.json` and `preprocessor_config.json`. Throws MODEL_CONFIG naming every bad field. */
export function readVisionConfig(config: JsonObject, preprocessor: JsonObject = {}): VisionConfig {
  const model = new ConfigFields(config);
  const fields = model.object('vision_config');
  const imageSize = fields.count('image_size');
  const patchSize = fields.count('patch_size');
  if (imageSize % patchSize !== 0) fields.problem('image_size must be a multiple of patch_size');
  if ((fields.raw('num_channels') ?? 3) !== 3) fields.problem('num_channels must be 3');
  const vision: VisionConfig = {
    ...readTransformer(model, fields, standards),
    projection: model.count('projection_dim'),
    imageSize,
    patchSize,
    pixels: readPixelNormalization(model, preprocessor, pixelStandards),
  };
  model.check('CLIP vision configuration');
  return vision;
}

/** Finds the vision tower's tensors among a checkpoint's. */
export const VISION_TENSORS = /^(vision_model\.|visual_projection\.)/;

/** Tokens of an image: the class token, and one a patch. */
export function tokenCount({ imageSize, patchSize }: VisionConfig): number {
  return 1 + (imageSize / patchSize) ** 2;
}
