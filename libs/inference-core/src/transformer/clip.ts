import { type ConfigFields, type JsonObject, readQuantization } from '@triptych/core';
import type { Activation } from './activation.js';
import { attentionNames, type TransformerConfig } from './block.js';

/** Names that HuggingFace's CLIP gives to a block's modules. */
const names = {
  ...attentionNames('self_attn'),
  attentionNorm: 'layer_norm1',
  mlpIn: 'mlp.fc1',
  mlpOut: 'mlp.fc2',
  mlpNorm: 'layer_norm2',
};

const activations: Readonly<Record<string, Activation>> = { quick_gelu: 'quick_gelu', gelu: 'gelu' };

/** What both of CLIP's towers have: their blocks, and how wide the space is that they share. */
export interface ClipTower {
  readonly blocks: Omit<TransformerConfig, 'causal'>;
  readonly layers: number;
  readonly projection: number;
}

/**
 * Reads the part of a tower's configuration that both have. `model` is the whole configuration, `tower` its
 * `vision_config` or `text_config`.
 */
export function readClipTower(model: ConfigFields, tower: ConfigFields): ClipTower {
  const width = tower.count('hidden_size');
  const heads = tower.count('num_attention_heads');
  if (width % heads !== 0) tower.problem('hidden_size must be a multiple of num_attention_heads');
  return {
    blocks: {
      width,
      heads,
      mlpWidth: tower.count('intermediate_size'),
      activation: tower.choice('hidden_act', activations, 'quick_gelu'),
      layerNormEpsilon: tower.number('layer_norm_eps', 1e-5),
      norms: 'pre',
      names,
      quantization: readQuantization(model),
    },
    layers: tower.count('num_hidden_layers'),
    projection: model.count('projection_dim'),
  };
}

/**
 * The configuration of a CLIP with both towers, or the one that a checkpoint has: `CLIPVisionModelWithProjection` and
 * `CLIPTextModelWithProjection` keep their tower's fields where `CLIPModel` has its own.
 */
export function clipConfig(config: JsonObject): JsonObject {
  const { model_type: kind, projection_dim, quantization_config } = config;
  const model = { projection_dim, ...(quantization_config === undefined ? {} : { quantization_config }) };
  if (kind === 'clip_vision_model') return { ...model, vision_config: config };
  if (kind === 'clip_text_model') return { ...model, text_config: config };
  return config;
}
