import {
  attend,
  GraphBuilder,
  type GraphOptions,
  layerNorm,
  linear,
  mlp,
  type OnnxGraph,
  type Value,
} from '@triptych/inference-core';
import { embedPatches } from '../patches.js';
import { blipTokenCount, type BlipVisionConfig } from './config.js';

/** Graph inputs and outputs, by name. */
export const inputs = { pixels: 'pixels' } as const;
export const outputs = { tokens: 'tokens', pooled: 'pooled', projected: 'projected' } as const;

/**
 * BLIP's vision tower from bytes to vectors.
 *
 * Input: `pixels` uint8 [batch, size, size, 3], RGB.
 * Outputs: `tokens` [batch, tokens, width] after the final norm, the class token first: what the fused encoder and the captioner attend
 * to; `pooled` [batch, width], the class token through that norm once more, as the reference has it; `projected` [batch, projection],
 * in the space that both towers share, where the checkpoint has one.
 * With `inspect`, also the residual stream `state_0` … `state_layers`.
 */
export function blipVisionGraph(config: BlipVisionConfig, options: GraphOptions = {}): OnnxGraph {
  const { blocks, imageSize, projection } = config;
  const { width } = blocks;
  const count = blipTokenCount(config);
  const g = new GraphBuilder('blip-vision', options);
  const pixels = g.input(inputs.pixels, 'uint8', ['batch', imageSize, imageSize, 3]);

  const states = [embed(g, pixels, config)];
  for (const prefix of blipVisionBlocks(config))
    states.push(block(g, states[states.length - 1], prefix, blocks));
  const norm = (x: Value) => layerNorm(g, x, 'vision_model.post_layernorm', blocks);
  const tokens = norm(states[states.length - 1]);
  const classToken = g.op('Gather', [tokens, g.ints([0], [])], { attributes: { axis: 1 } });

  g.output(outputs.tokens, tokens, 'float32', ['batch', count, width]);
  g.output(outputs.pooled, norm(classToken), 'float32', ['batch', width]);
  if (projection !== undefined) {
    const bias = g.weight('vision_proj.bias', [projection]);
    const shape = [projection, width] as const;
    const projected = linear(g, classToken, { weight: 'vision_proj.weight', shape, bias });
    g.output(outputs.projected, projected, 'float32', ['batch', projection]);
  }
  if (options.inspect)
    states.forEach((state, i) => g.output(`state_${i}`, state, 'float32', ['batch', count, width]));
  return g.build();
}

export function blipVisionBlocks({ layers }: BlipVisionConfig): string[] {
  return Array.from({ length: layers }, (_, i) => `vision_model.encoder.layers.${i}`);
}

/** Patches behind the class token, and where they stand: → [batch, tokens, width] */
function embed(g: GraphBuilder, pixels: Value, config: BlipVisionConfig): Value {
  const { width } = config.blocks;
  const prefix = 'vision_model.embeddings';
  const patches = embedPatches(g, pixels, `${prefix}.patch_embedding.weight`, { ...config, width });
  const biased = g.op('Add', [patches, g.weight(`${prefix}.patch_embedding.bias`, [width])]);
  const token = g.weight(`${prefix}.class_embedding`, [1, 1, width]);
  const batch = g.op('Shape', [biased], { attributes: { start: 0, end: 1 } });
  const shape = g.op('Concat', [batch, g.ints([1, width])], { attributes: { axis: 0 } });
  const tokens = g.op('Concat', [g.op('Expand', [token, shape]), biased], { attributes: { axis: 1 } });
  return g.op('Add', [tokens, g.weight(`${prefix}.position_embedding`, [1, blipTokenCount(config), width])]);
}

/** x += attention(norm(x)); x += mlp(norm(x)). Queries, keys and values come of one layer. */
function block(g: GraphBuilder, x: Value, prefix: string, config: BlipVisionConfig['blocks']): Value {
  const { width, heads } = config;
  const project = (x: Value, name: string, to: number) =>
    linear(g, x, { weight: `${name}.weight`, shape: [to, width], bias: g.weight(`${name}.bias`, [to]) });
  const layer = (name: string) => ({ name: `${prefix}.${name}`, biased: true });
  const normed = layerNorm(g, x, `${prefix}.layer_norm1`, config);
  const [query, key, value] = g.ops(
    'Split',
    [project(normed, `${prefix}.self_attn.qkv`, 3 * width)],
    [true, true, true],
    { attributes: { axis: -1, num_outputs: 3 } },
  );
  const attended = attend(g, [query, key, value], { heads, width });
  const sum = g.op('Add', [x, project(attended, `${prefix}.self_attn.projection`, width)]);
  const mapped = mlp(
    g,
    layerNorm(g, sum, `${prefix}.layer_norm2`, config),
    [layer('mlp.fc1'), layer('mlp.fc2')],
    config,
  );
  return g.op('Add', [sum, mapped]);
}
