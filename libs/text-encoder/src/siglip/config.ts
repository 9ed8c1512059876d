import { ConfigFields, type JsonObject } from '@triptych/core';
import {
  baseSize,
  dualEncoderNames,
  geluActivations,
  readTransformer,
  type TransformerSize,
} from '@triptych/inference-core';

/** A SigLIP text tower (Zhai et al. 2023; Tschannen et al. 2025), as its checkpoint configures it. */
export interface SiglipTextConfig extends TransformerSize {
  /** Values of a vector of the space that both towers share. */
  readonly projection: number;
  readonly vocabulary: number;
  /** Tokens of every text: what is shorter is filled up. */
  readonly positions: number;
}

/** What `SiglipTextConfig` has where a checkpoint is silent. */
const defaults = {
  ...baseSize,
  vocab_size: 32000,
  max_position_embeddings: 64,
};

/** What a checkpoint of SigLIP never says, and the activations that it may name. */
const standards = {
  activations: geluActivations,
  layerNormEpsilon: 1e-6,
  norms: 'pre',
  names: dualEncoderNames,
} as const;

/** Reads a HuggingFace `config.json`. Throws MODEL_CONFIG naming every bad field. */
export function readSiglipTextConfig(config: JsonObject): SiglipTextConfig {
  const { text_config: own } = config;
  const model = new ConfigFields({ ...config, text_config: { ...defaults, ...(own as JsonObject) } });
  const fields = model.object('text_config');
  const size = readTransformer(model, fields, standards);
  const text: SiglipTextConfig = {
    ...size,
    projection: fields.number('projection_size', size.blocks.width),
    vocabulary: fields.count('vocab_size'),
    positions: fields.count('max_position_embeddings'),
  };
  model.check('SigLIP text configuration');
  return text;
}

/** Finds the text tower's tensors among a checkpoint's, and those that belong to neither tower. */
export const SIGLIP_TEXT_TENSORS = /^(?!vision_model\.)/;
