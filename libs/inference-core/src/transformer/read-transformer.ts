import { type ConfigFields, readQuantization } from '@triptych/core';
import type { Activation } from './activation.js';
import type { TransformerConfig } from './block.js';

/** What differs between families where a configuration is silent, and what it never says. */
export interface TransformerStandards extends Pick<TransformerConfig, 'names' | 'norms' | 'unbiased'> {
  /** By the names that a checkpoint may have for them; the first is the default. */
  readonly activations: Readonly<Record<string, Activation>>;
  readonly layerNormEpsilon: number;
}

/** The size of a base transformer, which transformers' configurations of most families have where a checkpoint is silent. */
export const baseSize = {
  hidden_size: 768,
  intermediate_size: 3072,
  num_hidden_layers: 12,
  num_attention_heads: 12,
} as const;

/** The blocks of a tower, and how many there are. */
export interface TransformerSize {
  readonly blocks: Omit<TransformerConfig, 'causal'>;
  readonly layers: number;
}

/**
 * Reads the fields that transformers' configurations of most encoders share. `model` is the whole configuration, `tower` the part
 * that describes the blocks; problems are noted in them.
 */
export function readTransformer(
  model: ConfigFields,
  tower: ConfigFields,
  { activations, layerNormEpsilon, ...structure }: TransformerStandards,
): TransformerSize {
  const [activation] = Object.keys(activations);
  const width = tower.count('hidden_size');
  const heads = tower.count('num_attention_heads');
  if (width % heads !== 0) tower.problem('hidden_size must be a multiple of num_attention_heads');
  return {
    blocks: {
      width,
      heads,
      mlpWidth: tower.count('intermediate_size'),
      activation: tower.choice('hidden_act', activations, activation),
      layerNormEpsilon: tower.number('layer_norm_eps', layerNormEpsilon),
      ...structure,
      quantization: readQuantization(model),
    },
    layers: tower.count('num_hidden_layers'),
  };
}
