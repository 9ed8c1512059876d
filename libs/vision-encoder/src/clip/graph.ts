import {
  GraphBuilder,
  type GraphOptions,
  layerNorm,
  linear,
  type OnnxGraph,
  transformer,
  type TransformerBlocks,
  type Value,
} from '@triptych/inference-core';
import { embedPatches } from '../patches.js';
import { tokenCount, type VisionConfig } from './config.js';

/** Graph inputs and outputs, by name. */
export const inputs = { pixels: 'pixels', kept: 'kept' } as const;
export const outputs = { tokens: 'tokens', pooled: 'pooled', projected: 'projected' } as const;

/**
 * CLIP's vision tower from bytes to pooled vectors.
 *
 * Inputs: `pixels` uint8 [batch, size, size, 3], RGB; `kept` int64 [1], the leading tokens that the last block is
 * computed for: 1 where only the class token is wanted, all of them where `tokens` is.
 * Outputs: `tokens` [batch, kept, width], the class token first, before the final norm, as the reference's last hidden
 * state; `pooled` [batch, width], the class token after it; `projected` [batch, projection].
 * With `inspect`, also the residual stream `state_0` … `state_layers`.
 */
export function visionGraph(config: VisionConfig, options: GraphOptions = {}): OnnxGraph {
  const { blocks, projection, imageSize } = config;
  const { width } = blocks;
  const g = new GraphBuilder('clip-vision', options);
  const pixels = g.input(inputs.pixels, 'uint8', ['batch', imageSize, imageSize, 3]);
  const kept = g.input(inputs.kept, 'int64', [1]);

  const patches = embedPatches(g, pixels, 'vision_model.embeddings.patch_embedding.weight', {
    ...config,
    width,
  });
  const embedded = addPositions(g, addClassToken(g, patches, width), config);
  const normed = layerNorm(g, embedded, 'vision_model.pre_layrnorm', blocks);
  const keep = (x: Value) => g.op('Slice', [x, g.ints([0]), kept, g.ints([1])]);
  const { states, output } = transformer(g, normed, visionBlocks(config), { keep });

  g.output(outputs.tokens, output, 'float32', ['batch', 'kept', width]);
  const classToken = g.op('Gather', [output, g.ints([0], [])], { attributes: { axis: 1 } });
  const pooled = layerNorm(g, classToken, 'vision_model.post_layernorm', blocks);
  g.output(outputs.pooled, pooled, 'float32', ['batch', width]);
  g.output(
    outputs.projected,
    linear(g, pooled, { weight: 'visual_projection.weight', shape: [projection, width] }),
    'float32',
    ['batch', projection],
  );
  if (options.inspect)
    states.forEach((state, i) => g.output(`state_${i}`, state, 'float32', ['batch', 'tokens', width]));
  return g.build();
}

export function visionBlocks({ blocks, layers }: VisionConfig): TransformerBlocks {
  const prefixes = Array.from({ length: layers }, (_, i) => `vision_model.encoder.layers.${i}`);
  return { prefixes, config: blocks };
}

/** [batch, patches, width] → [batch, 1 + patches, width] */
function addClassToken(g: GraphBuilder, patches: Value, width: number): Value {
  const token = g.weight('vision_model.embeddings.class_embedding', [width], [1, 1, width]);
  const batch = g.op('Shape', [patches], { attributes: { start: 0, end: 1 } });
  const shape = g.op('Concat', [batch, g.ints([1, width])], { attributes: { axis: 0 } });
  return g.op('Concat', [g.op('Expand', [token, shape]), patches], { attributes: { axis: 1 } });
}

function addPositions(g: GraphBuilder, x: Value, config: VisionConfig): Value {
  const shape = [tokenCount(config), config.blocks.width];
  return g.op('Add', [x, g.weight('vision_model.embeddings.position_embedding.weight', shape)]);
}
