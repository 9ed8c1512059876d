import { dualEncoderNames } from './block.js';

/** The size of both towers where a SigLIP's configuration is silent: those of the base size leave nearly everything out. */
export const siglipSize = {
  hidden_size: 768,
  intermediate_size: 3072,
  num_hidden_layers: 12,
  num_attention_heads: 12,
} as const;

/** What both towers of a SigLIP (Zhai et al. 2023) have in common. */
export const siglipStandards = {
  activations: {
    gelu_pytorch_tanh: 'gelu_tanh',
    gelu_new: 'gelu_tanh',
    gelu: 'gelu',
    quick_gelu: 'quick_gelu',
  },
  layerNormEpsilon: 1e-6,
  norms: 'pre',
  names: dualEncoderNames,
} as const;
