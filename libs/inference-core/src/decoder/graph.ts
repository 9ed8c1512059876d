import { GraphBuilder, type GraphOptions, type OnnxGraph, type Value } from '../onnx/graph-builder.js';
import { attend } from '../transformer/attention.js';
import { linear } from '../transformer/linear.js';
import { biasOf, mlp } from '../transformer/mlp.js';
import { layerNorm } from '../transformer/norm.js';
import type { AttentionNames, DecoderConfig, DecoderNetwork } from './config.js';

/** Inputs and outputs of both graphs, by name. */
export const names = {
  ids: 'ids',
  positions: 'positions',
  past: 'past',
  total: 'total',
  kept: 'kept',
  logits: 'logits',
  source: 'source',
  crossKey: (layer: number) => `cross_key_${layer}`,
  crossValue: (layer: number) => `cross_value_${layer}`,
  selfKey: (layer: number) => `self_key_${layer}`,
  selfValue: (layer: number) => `self_value_${layer}`,
  newKey: (layer: number) => `new_key_${layer}`,
  newValue: (layer: number) => `new_value_${layer}`,
  crossQuery: (layer: number) => `cross_query_${layer}`,
};

interface Terms {
  readonly past: Value;
  readonly total: Value;
  /** int64 [3]: sources, −1, width. */
  readonly bySource: Value;
  /** Layers whose queries of cross-attention are outputs. */
  readonly aligning: ReadonlySet<number>;
}

/**
 * One step of a decoder: the tokens of a prompt, or one token more for each of many sequences.
 *
 * Inputs: `ids` and `positions` int64 [rows, tokens]; `past` int32 [rows], tokens that a row's caches hold before the last of these;
 * `total` int32 [1], the most of them and one; `kept` int64 [kept], which tokens logits are wanted of; `self_key_i`, `self_value_i`
 * [rows, heads, room, head width], caches of the tokens before; `cross_key_i`, `cross_value_i` [sources, heads, source tokens, head
 * width], see {@link sourceGraph}. Rows of one source lie side by side, and each source has as many.
 * Outputs: `logits` [rows, kept, vocabulary], and `new_key_i`, `new_value_i` [rows, tokens, width], which whoever holds the caches puts
 * into them: the caches themselves are never an output, which ONNX Runtime's binding would copy. Of layers whose heads align:
 * `cross_query_i` [rows, tokens, width], which a run gives where it is asked to.
 */
export function decoderGraph(network: DecoderNetwork, options: GraphOptions = {}): OnnxGraph {
  const { config, prefixes } = network;
  const { heads, width, vocabulary } = config;
  const g = new GraphBuilder('decoder', options);
  const ids = g.input(names.ids, 'int64', ['rows', 'tokens']);
  const positions = g.input(names.positions, 'int64', ['rows', 'tokens']);
  const past = g.input(names.past, 'int32', ['rows']);
  const total = g.input(names.total, 'int32', [1]);
  const kept = g.input(names.kept, 'int64', ['kept']);
  const cache = (name: string, rows: string, tokens: string) =>
    g.input(name, 'float32', [rows, heads, tokens, width / heads]);
  const caches = prefixes.map((_, i) => ({
    selfKey: cache(names.selfKey(i), 'rows', 'room'),
    selfValue: cache(names.selfValue(i), 'rows', 'room'),
    crossKey: cache(names.crossKey(i), 'sources', 'source_tokens'),
    crossValue: cache(names.crossValue(i), 'sources', 'source_tokens'),
  }));
  const sources = g.op('Shape', [caches[0].crossKey], { attributes: { start: 0, end: 1 } });
  const bySource = g.op('Concat', [sources, g.ints([-1, width])], { attributes: { axis: 0 } });
  const aligning = new Set(network.alignment?.heads.map(({ layer }) => layer));
  const terms = { past, total, bySource, aligning };

  let x = network.embed(g, ids, positions);
  prefixes.forEach((prefix, i) => {
    x = block(g, x, prefix, i, config, caches[i], terms);
  });
  const last = g.op('Gather', [x, kept], { attributes: { axis: 1 } });
  g.output(names.logits, network.head(g, last), 'float32', ['rows', 'kept', vocabulary]);
  return g.build();
}

/**
 * Keys and values of what is decoded, once for all steps: `source` [1, source tokens, source width] → `cross_key_i`, `cross_value_i`
 * [1, heads, source tokens, head width].
 */
export function sourceGraph({ config, prefixes }: DecoderNetwork, options: GraphOptions = {}): OnnxGraph {
  const { heads, width, sourceWidth, names: of } = config;
  const g = new GraphBuilder('decoder-source', options);
  const source = g.input(names.source, 'float32', [1, 'source_tokens', sourceWidth]);
  prefixes.forEach((prefix, i) => {
    const byHead = (role: 'key' | 'value') => {
      const projected = project(g, source, prefix, of.cross, role, config, sourceWidth);
      const split = g.op('Reshape', [projected, g.ints([0, 0, heads, width / heads])]);
      return g.op('Transpose', [split], { attributes: { perm: [0, 2, 1, 3] } });
    };
    const shape = [1, heads, 'source_tokens', width / heads];
    g.output(names.crossKey(i), byHead('key'), 'float32', shape);
    g.output(names.crossValue(i), byHead('value'), 'float32', shape);
  });
  return g.build();
}

interface BlockCaches {
  readonly selfKey: Value;
  readonly selfValue: Value;
  readonly crossKey: Value;
  readonly crossValue: Value;
}

/** x += self(norm(x)); x += cross(norm(x)); x += mlp(norm(x)); or with each norm after the sum. */
function block(
  g: GraphBuilder,
  x: Value,
  prefix: string,
  index: number,
  config: DecoderConfig,
  caches: BlockCaches,
  terms: Terms,
): Value {
  const { names: of, norms } = config;
  const residual = (x: Value, norm: string, layer: (x: Value) => Value) => {
    const name = `${prefix}.${norm}`;
    if (norms === 'pre') return g.op('Add', [x, layer(layerNorm(g, x, name, config))]);
    return layerNorm(g, g.op('Add', [x, layer(x)]), name, config);
  };
  const attended = residual(x, of.self.norm, (x) =>
    selfAttention(g, x, prefix, index, config, caches, terms),
  );
  const crossed = residual(attended, of.cross.norm, (x) =>
    crossAttention(g, x, prefix, index, config, caches, terms),
  );
  return residual(crossed, of.mlpNorm, (x) => {
    const layers = [of.mlpIn, of.mlpOut].map((name) => ({ name: `${prefix}.${name}`, biased: true }));
    return mlp(g, x, [layers[0], layers[1]], config);
  });
}

/** Of each row's tokens to those before them: the kernel knows how many each row has. */
function selfAttention(
  g: GraphBuilder,
  x: Value,
  prefix: string,
  index: number,
  config: DecoderConfig,
  { selfKey, selfValue }: BlockCaches,
  { past, total }: Terms,
): Value {
  const { heads, width, names: of } = config;
  const of3 = (role: 'query' | 'key' | 'value') => project(g, x, prefix, of.self, role, config);
  const [query, key, value] = [of3('query'), of3('key'), of3('value')];
  g.output(names.newKey(index), key, 'float32', ['rows', 'tokens', width]);
  g.output(names.newValue(index), value, 'float32', ['rows', 'tokens', width]);
  // The second and third are the caches with the new tokens: copies in the arena, of which nobody but the kernel reads.
  const [attended] = g.ops(
    'GroupQueryAttention',
    [query, key, value, selfKey, selfValue, past, total],
    [true, true, true],
    { domain: 'com.microsoft', attributes: { num_heads: heads, kv_num_heads: heads } },
  );
  return project(g, attended, prefix, of.self, 'out', config);
}

/** Of a source's rows, which are its queries side by side, to the source: [rows, tokens, width] → [rows, tokens, width] */
function crossAttention(
  g: GraphBuilder,
  x: Value,
  prefix: string,
  index: number,
  config: DecoderConfig,
  { crossKey, crossValue }: BlockCaches,
  { bySource, aligning }: Terms,
): Value {
  const { heads, width, names: of } = config;
  const query = project(g, x, prefix, of.cross, 'query', config);
  if (aligning.has(index)) g.output(names.crossQuery(index), query, 'float32', ['rows', 'tokens', width]);
  const together = g.op('Reshape', [query, bySource]);
  const attended = attend(g, [together, crossKey, crossValue], { heads, width });
  const apart = g.op('Reshape', [attended, g.op('Shape', [x])]);
  return project(g, apart, prefix, of.cross, 'out', config);
}

function project(
  g: GraphBuilder,
  x: Value,
  prefix: string,
  attention: AttentionNames,
  role: 'query' | 'key' | 'value' | 'out',
  { width, unbiased = [], quantization, int8Weights }: DecoderConfig,
  inputs = width,
): Value {
  const name = `${prefix}.${attention[role]}`;
  const bias = biasOf(g, { name, biased: !unbiased.includes(role) }, width);
  return linear(g, x, { weight: `${name}.weight`, shape: [width, inputs], bias, quantization, int8Weights });
}
