import {
  attentionPooling,
  GraphBuilder,
  type GraphOptions,
  layerNorm,
  type OnnxGraph,
  transformer,
  type TransformerBlocks,
} from '@triptych/inference-core';
import { embedPatches } from '../patches.js';
import { siglipTokenCount, type SiglipVisionConfig } from './config.js';

/** Graph inputs and outputs, by name. */
export const inputs = { pixels: 'pixels' } as const;
export const outputs = { tokens: 'tokens', pooled: 'pooled' } as const;

/** Names of the pooling head's modules. */
const head = {
  probe: 'probe',
  attention: 'attention',
  norm: 'layernorm',
  mlpIn: 'mlp.fc1',
  mlpOut: 'mlp.fc2',
};

/**
 * SigLIP's vision tower from bytes to vectors: there is no class token; a learned query attends to all patches.
 *
 * Input: `pixels` uint8 [batch, size, size, 3], RGB.
 * Outputs: `tokens` [batch, patches, width] after the final norm; `pooled` [batch, width], what the head makes of them, in
 * the space that both towers share.
 * With `inspect`, also the residual stream `state_0` … `state_layers`.
 */
export function siglipVisionGraph(config: SiglipVisionConfig, options: GraphOptions = {}): OnnxGraph {
  const { blocks, imageSize } = config;
  const { width } = blocks;
  const g = new GraphBuilder('siglip-vision', options);
  const pixels = g.input(inputs.pixels, 'uint8', ['batch', imageSize, imageSize, 3]);

  const embeddings = 'vision_model.embeddings';
  const patches = embedPatches(g, pixels, `${embeddings}.patch_embedding.weight`, { ...config, width });
  const biased = g.op('Add', [patches, g.weight(`${embeddings}.patch_embedding.bias`, [width])]);
  const positions = g.weight(`${embeddings}.position_embedding.weight`, [siglipTokenCount(config), width]);
  const { states, output } = transformer(g, g.op('Add', [biased, positions]), siglipVisionBlocks(config));
  const tokens = layerNorm(g, output, 'vision_model.post_layernorm', blocks);

  g.output(outputs.tokens, tokens, 'float32', ['batch', siglipTokenCount(config), width]);
  const pooled = attentionPooling(g, tokens, 'vision_model.head', {
    ...blocks,
    quantization: undefined,
    names: head,
  });
  g.output(outputs.pooled, pooled, 'float32', ['batch', width]);
  if (options.inspect)
    states.forEach((state, i) => g.output(`state_${i}`, state, 'float32', ['batch', 'tokens', width]));
  return g.build();
}

export function siglipVisionBlocks({ blocks, layers }: SiglipVisionConfig): TransformerBlocks {
  const prefixes = Array.from({ length: layers }, (_, i) => `vision_model.encoder.layers.${i}`);
  return { prefixes, config: blocks };
}
