import {
  GraphBuilder,
  type GraphOptions,
  linear,
  type OnnxGraph,
  transformer,
  type TransformerBlocks,
} from '@triptych/inference-core';
import type { SiglipTextConfig } from './config.js';

/** Graph inputs and outputs, by name. */
export const inputs = { ids: 'ids' } as const;
export const outputs = { tokens: 'tokens', pooled: 'pooled' } as const;

/**
 * SigLIP's text tower from token ids to vectors. It is not causal, and nothing is masked: every text has as many tokens as there are
 * positions, and those that fill it up take part as they did in training.
 *
 * Input: `ids` int64 [batch, positions].
 * Outputs: `tokens` [batch, positions, width] after the final norm; `pooled` [batch, projection], the last token through the head,
 * in the space that both towers share.
 * With `inspect`, also the residual stream `state_0` … `state_layers`.
 */
export function siglipTextGraph(config: SiglipTextConfig, options: GraphOptions = {}): OnnxGraph {
  const { projection, vocabulary, positions, blocks } = config;
  const { width } = blocks;
  const g = new GraphBuilder('siglip-text', options);
  const ids = g.input(inputs.ids, 'int64', ['batch', positions]);

  const embeddings = 'text_model.embeddings';
  const words = g.lookup(`${embeddings}.token_embedding.weight`, [vocabulary, width], ids);
  const places = g.weight(`${embeddings}.position_embedding.weight`, [positions, width]);
  const { states, output } = transformer(g, g.op('Add', [words, places]), siglipTextBlocks(config), {
    finalNorm: 'text_model.final_layer_norm',
  });

  g.output(outputs.tokens, output, 'float32', ['batch', positions, width]);
  const last = g.op('Gather', [output, g.ints([-1], [])], { attributes: { axis: 1 } });
  const bias = g.weight('text_model.head.bias', [projection]);
  const pooled = linear(g, last, { weight: 'text_model.head.weight', shape: [projection, width], bias });
  g.output(outputs.pooled, pooled, 'float32', ['batch', projection]);
  if (options.inspect)
    states.forEach((state, i) => g.output(`state_${i}`, state, 'float32', ['batch', 'tokens', width]));
  return g.build();
}

export function siglipTextBlocks({ blocks, layers }: SiglipTextConfig): TransformerBlocks {
  const prefixes = Array.from({ length: layers }, (_, i) => `text_model.encoder.layers.${i}`);
  return { prefixes, config: blocks };
}
