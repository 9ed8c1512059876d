import {
  attend,
  attention,
  GraphBuilder,
  type GraphOptions,
  layerNorm,
  layerOf,
  linear,
  mlp,
  type OnnxGraph,
  type Value,
} from '@triptych/inference-core';
import type { BlipTextConfig } from './config.js';

/** Graph inputs and outputs, by name. */
export const inputs = { ids: 'ids', image: 'image' } as const;
export const outputs = { tokens: 'tokens', class: 'class', projected: 'projected', match: 'match' } as const;

/**
 * BLIP's text encoder from token ids to vectors. Texts of one run have the same length: there is no padding, and no mask.
 *
 * Input: `ids` int64 [batch, tokens], those around the text included.
 * Outputs: `tokens` [batch, tokens, width], the last hidden state; `class` [batch, width], its first token; `projected` [batch,
 * projection], in the space that both towers share.
 * With `inspect`, also the hidden states `state_0` … `state_layers`.
 */
export function blipTextGraph(config: BlipTextConfig, options: GraphOptions = {}): OnnxGraph {
  const { blocks, projection } = config;
  const { width } = blocks;
  const g = new GraphBuilder('blip-text', options);
  const ids = g.input(inputs.ids, 'int64', ['batch', 'tokens']);

  const { tokens, classToken } = encode(g, ids, config);
  const bias = g.weight('text_proj.bias', [projection]);
  const projected = linear(g, classToken, { weight: 'text_proj.weight', shape: [projection, width], bias });

  g.output(outputs.tokens, tokens, 'float32', ['batch', 'tokens', width]);
  g.output(outputs.class, classToken, 'float32', ['batch', width]);
  g.output(outputs.projected, projected, 'float32', ['batch', projection]);
  return g.build();
}

/**
 * BLIP's image-grounded text encoder: after its self-attention, each block attends to the tokens of an image.
 *
 * Inputs: `ids` as above; `image` float32 [batch, image tokens, image width], the vision tower's tokens after its final norm.
 * Output: `match` [batch, 1 + width]: the probability that they belong together, and the first token's last hidden state, which it is
 * read from. With `inspect`, also the hidden states, and `tokens`.
 */
export function blipMatchGraph(config: BlipTextConfig, options: GraphOptions = {}): OnnxGraph {
  const { width } = config.blocks;
  const g = new GraphBuilder('blip-match', options);
  const ids = g.input(inputs.ids, 'int64', ['batch', 'tokens']);
  const image = g.input(inputs.image, 'float32', ['batch', config.image.tokens, config.image.width]);

  const { tokens, classToken } = encode(g, ids, config, image);
  const bias = g.weight('itm_head.bias', [2]);
  const logits = linear(g, classToken, { weight: 'itm_head.weight', shape: [2, width], bias });
  const probabilities = g.op('Softmax', [logits], { attributes: { axis: -1 } });
  const probability = g.op('Slice', [probabilities, g.ints([1]), g.ints([2]), g.ints([1])]);

  const match = g.op('Concat', [probability, classToken], { attributes: { axis: 1 } });
  g.output(outputs.match, match, 'float32', ['batch', 1 + width]);
  if (options.inspect) g.output(outputs.tokens, tokens, 'float32', ['batch', 'tokens', width]);
  return g.build();
}

export function blipTextBlocks({ layers }: BlipTextConfig): string[] {
  return Array.from({ length: layers }, (_, i) => `text_encoder.encoder.layer.${i}`);
}

/** The last hidden state of texts, alone or grounded in an image each. */
function encode(
  g: GraphBuilder,
  ids: Value,
  config: BlipTextConfig,
  image?: Value,
): { tokens: Value; classToken: Value } {
  const states = [embed(g, ids, config)];
  for (const prefix of blipTextBlocks(config))
    states.push(block(g, states[states.length - 1], prefix, config, image));
  if (g.options.inspect)
    states.forEach((state, i) =>
      g.output(`state_${i}`, state, 'float32', ['batch', 'tokens', config.blocks.width]),
    );
  const tokens = states[states.length - 1];
  return { tokens, classToken: g.op('Gather', [tokens, g.ints([0], [])], { attributes: { axis: 1 } }) };
}

/** Words, and where they stand: [batch, tokens] → [batch, tokens, width] */
function embed(g: GraphBuilder, ids: Value, { vocabulary, positions, blocks }: BlipTextConfig): Value {
  const { width } = blocks;
  const prefix = 'text_encoder.embeddings';
  const words = g.lookup(`${prefix}.word_embeddings.weight`, [vocabulary, width], ids);
  const table = g.weight(`${prefix}.position_embeddings.weight`, [positions, width]);
  const count = g.op('Shape', [ids], { attributes: { start: 1, end: 2 } });
  const places = g.op('Slice', [table, g.ints([0]), count, g.ints([0])]);
  return layerNorm(g, g.op('Add', [words, places]), `${prefix}.LayerNorm`, blocks);
}

/** x = norm(x + attention(x)); with an image x = norm(x + attention to it); x = norm(x + mlp(x)). */
function block(g: GraphBuilder, x: Value, prefix: string, config: BlipTextConfig, image?: Value): Value {
  const { blocks } = config;
  const addNorm = (sum: Value, more: Value, norm: string) =>
    layerNorm(g, g.op('Add', [sum, more]), `${prefix}.${norm}.LayerNorm`, blocks);
  const [query, key, value, out, mlpIn, mlpOut] = (
    ['query', 'key', 'value', 'out', 'mlpIn', 'mlpOut'] as const
  ).map((role) => layerOf(blocks, prefix, role));
  let attended = addNorm(x, attention(g, x, x, { query, key, value, out }, blocks), 'attention.output');
  if (image !== undefined)
    attended = addNorm(attended, toImage(g, attended, image, prefix, config), 'crossattention.output');
  return addNorm(attended, mlp(g, attended, [mlpIn, mlpOut], blocks), 'output');
}

/** The attention of a text's tokens to those of its image, which may have another width. */
function toImage(g: GraphBuilder, x: Value, image: Value, prefix: string, config: BlipTextConfig): Value {
  const { width, heads } = config.blocks;
  const project = (x: Value, name: string, from: number) => {
    const layer = `${prefix}.crossattention.${name}`;
    const bias = g.weight(`${layer}.bias`, [width]);
    return linear(g, x, { weight: `${layer}.weight`, shape: [width, from], bias });
  };
  const query = project(x, 'self.query', width);
  const key = project(image, 'self.key', config.image.width);
  const value = project(image, 'self.value', config.image.width);
  return project(attend(g, [query, key, value], { heads, width }), 'output.dense', width);
}
