import {
  GraphBuilder,
  type GraphOptions,
  linear,
  type OnnxGraph,
  transformer,
  type TransformerBlocks,
  type Value,
} from '@triptych/inference-core';
import type { TextConfig } from './config.js';

/** Graph inputs and outputs, by name. */
export const inputs = { ids: 'ids', end: 'end' } as const;
export const outputs = { tokens: 'tokens', pooled: 'pooled', projected: 'projected' } as const;

/**
 * CLIP's text tower from token ids to pooled vectors. It is causal: what stands behind a token never reaches it, so
 * texts of any length share a batch, filled up with any id.
 *
 * Inputs: `ids` int64 [batch, tokens]; `end` int64 [batch], where each end-of-text token stands.
 * Outputs: `tokens` [batch, tokens, width] after the final norm; `pooled` [batch, width], the end-of-text token;
 * `projected` [batch, projection].
 * With `inspect`, also the residual stream `state_0` … `state_layers`.
 */
export function textGraph(config: TextConfig, options: GraphOptions = {}): OnnxGraph {
  const { width } = config.blocks;
  const { projection } = config;
  const g = new GraphBuilder('clip-text', options);
  const ids = g.input(inputs.ids, 'int64', ['batch', 'tokens']);
  const end = g.input(inputs.end, 'int64', ['batch']);

  const { states, output } = transformer(g, embed(g, ids, config), textBlocks(config), {
    finalNorm: 'text_model.final_layer_norm',
  });

  g.output(outputs.tokens, output, 'float32', ['batch', 'tokens', width]);
  const place = g.op('Unsqueeze', [end, g.ints([1])]);
  const pooled = g.op('GatherND', [output, place], { attributes: { batch_dims: 1 } });
  g.output(outputs.pooled, pooled, 'float32', ['batch', width]);
  g.output(
    outputs.projected,
    linear(g, pooled, { weight: 'text_projection.weight', shape: [projection, width] }),
    'float32',
    ['batch', projection],
  );
  if (options.inspect)
    states.forEach((state, i) => g.output(`state_${i}`, state, 'float32', ['batch', 'tokens', width]));
  return g.build();
}

export function textBlocks({ blocks, layers }: TextConfig): TransformerBlocks {
  const prefixes = Array.from({ length: layers }, (_, i) => `text_model.encoder.layers.${i}`);
  return { prefixes, config: { ...blocks, causal: true } };
}

/** Token and position embeddings: [batch, tokens] → [batch, tokens, width] */
function embed(g: GraphBuilder, ids: Value, { vocabulary, positions, blocks: { width } }: TextConfig): Value {
  const tokens = g.lookup('text_model.embeddings.token_embedding.weight', [vocabulary, width], ids);
  const table = g.weight('text_model.embeddings.position_embedding.weight', [positions, width]);
  const length = g.op('Shape', [ids], { attributes: { start: 1, end: 2 } });
  const places = g.op('Slice', [table, g.ints([0]), length, g.ints([0])]);
  return g.op('Add', [tokens, places]);
}
