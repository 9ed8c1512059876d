import type { Quantization } from '@triptych/core';
import type { GraphBuilder, Value } from '../onnx/graph-builder.js';
import type { Activation } from './activation.js';
import { attention } from './attention.js';
import type { AttentionTerms } from './attention-terms.js';
import { gatedMlp, type LinearName, mlp } from './mlp.js';
import { layerNorm, layerScale, rmsNorm } from './norm.js';

/** The linear layers of a block. */
export type LayerRole = 'query' | 'key' | 'value' | 'out' | 'mlpGate' | 'mlpIn' | 'mlpOut';

/** Names of a block's modules below its prefix: what differs from one family's checkpoints to another's. */
export interface BlockNames extends Readonly<Record<Exclude<LayerRole, 'mlpGate'>, string>> {
  readonly attentionNorm: string;
  readonly mlpNorm: string;
  /** Default: the MLP has no gate. */
  readonly mlpGate?: string;
  /** Weights of LayerScale, for what attention adds and for what the MLP does. Default: it is added as it is. */
  readonly attentionScale?: string;
  readonly mlpScale?: string;
}

export interface TransformerConfig {
  readonly width: number;
  readonly heads: number;
  readonly mlpWidth: number;
  readonly activation: Activation;
  readonly layerNormEpsilon: number;
  /** Default: layer norms. */
  readonly norm?: 'layer' | 'rms';
  /**
   * Where the norms stand: before each sub-layer (Xiong et al. 2020; Whisper, CLIP, SigLIP), or after each sum
   * (Vaswani et al. 2017; BERT).
   */
  readonly norms: 'pre' | 'post';
  /** Linear layers without a bias. Default: all have one. */
  readonly unbiased?: readonly LayerRole[];
  /** Each token sees itself and those before it alone. */
  readonly causal?: boolean;
  readonly names: BlockNames;
  /** Which products are computed in int8. Default: none. */
  readonly quantization?: Quantization | undefined;
}

/** The blocks of a tower: the name of each, which its modules' names follow, and what they are like. */
export interface TransformerBlocks {
  readonly prefixes: readonly string[];
  readonly config: TransformerConfig;
}

export interface TransformerOptions extends AttentionTerms {
  /** Norm after the last block; none where the tower has its own use for what comes out, or norms come after sums. */
  readonly finalNorm?: string;
  /**
   * Which tokens the last block is computed for, [batch, tokens, width] → [batch, kept, width]: the others are still
   * attended to, but nobody reads what would become of them. Attention terms of one row for each token do not go with it.
   */
  readonly keep?: (x: Value) => Value;
}

/** The residual stream before the first and after each block, what HuggingFace calls hidden states, and what comes out. */
export interface TransformerValues {
  readonly states: readonly Value[];
  readonly output: Value;
}

/** The names of a block's attention layers where they are projections of one module. */
export function attentionNames(module: string): Pick<BlockNames, 'query' | 'key' | 'value' | 'out'> {
  return {
    query: `${module}.q_proj`,
    key: `${module}.k_proj`,
    value: `${module}.v_proj`,
    out: `${module}.out_proj`,
  };
}

/** The names of the layers of a block in a dual encoder, a model of an image tower and a text tower. */
export const dualEncoderNames = {
  ...attentionNames('self_attn'),
  attentionNorm: 'layer_norm1',
  mlpIn: 'mlp.fc1',
  mlpOut: 'mlp.fc2',
  mlpNorm: 'layer_norm2',
} as const satisfies BlockNames;

/** The names of the layers of a block whose norms come after its sums, in transformers' encoders of texts. */
export const postNormNames = {
  query: 'attention.self.query',
  key: 'attention.self.key',
  value: 'attention.self.value',
  out: 'attention.output.dense',
  attentionNorm: 'attention.output.LayerNorm',
  mlpIn: 'intermediate.dense',
  mlpOut: 'output.dense',
  mlpNorm: 'output.LayerNorm',
} as const satisfies BlockNames;

/** The blocks of a tower, one after the other. `x` is [batch, tokens, width]. */
export function transformer(
  g: GraphBuilder,
  x: Value,
  blocks: TransformerBlocks,
  options: TransformerOptions = {},
): TransformerValues {
  const write = blocks.config.norms === 'pre' ? preNorm : postNorm;
  const { states, output } = g.inPrecision(() => write(g, g.cast(x), blocks, castTerms(g, options)));
  return {
    states: g.options.inspect ? states.map((state) => g.cast(state)) : states,
    output: g.cast(output),
  };
}

/** Biases and rotations are written before the blocks are, and read by them. */
function castTerms(g: GraphBuilder, { bias, rotation, ...others }: TransformerOptions): TransformerOptions {
  return {
    ...others,
    bias: bias && g.cast(bias),
    rotation: rotation && { cosines: g.cast(rotation.cosines), sines: g.cast(rotation.sines) },
  };
}

/**
 * Residual stream between two sub-layers: `sum` of all that was added so far, and `normed`, its norm, which
 * the next sub-layer reads.
 */
interface Residual {
  readonly sum: Value;
  readonly normed: Value;
}

/** x += attention(norm(x)); x += mlp(norm(x)), block after block, then the final norm. */
function preNorm(
  g: GraphBuilder,
  x: Value,
  { prefixes, config }: TransformerBlocks,
  { finalNorm, keep, ...terms }: TransformerOptions,
): TransformerValues {
  const { names } = config;
  const states = [x];
  let residual: Residual = {
    sum: x,
    normed: normOf(g, x, `${prefixes[0]}.${names.attentionNorm}`, config),
  };
  prefixes.forEach((prefix, i) => {
    const next = prefixes[i + 1];
    const source = residual.normed;
    if (next === undefined && keep) residual = { sum: keep(residual.sum), normed: keep(residual.normed) };
    const attended = blockAttention(g, residual.normed, source, prefix, config, terms);
    residual = addAndNorm(g, residual.sum, attended, `${prefix}.${names.mlpNorm}`, config);
    const mapped = blockMlp(g, residual.normed, prefix, config);
    const norm = next === undefined ? finalNorm : `${next}.${names.attentionNorm}`;
    residual = addAndNorm(g, residual.sum, mapped, norm, config);
    states.push(residual.sum);
  });
  return { states, output: residual.normed };
}

/** x = norm(x + attention(x)); x = norm(x + mlp(x)), block after block. */
function postNorm(
  g: GraphBuilder,
  x: Value,
  { prefixes, config }: TransformerBlocks,
  { keep, ...terms }: TransformerOptions,
): TransformerValues {
  const { names } = config;
  const states = [x];
  prefixes.forEach((prefix, i) => {
    const source = x;
    if (i === prefixes.length - 1 && keep) x = keep(x);
    const attended = blockAttention(g, x, source, prefix, config, terms);
    x = addAndNorm(g, x, attended, `${prefix}.${names.attentionNorm}`, config).normed;
    const mapped = blockMlp(g, x, prefix, config);
    x = addAndNorm(g, x, mapped, `${prefix}.${names.mlpNorm}`, config).normed;
    states.push(x);
  });
  return { states, output: x };
}

function blockAttention(
  g: GraphBuilder,
  x: Value,
  source: Value,
  prefix: string,
  config: TransformerConfig,
  terms: AttentionTerms,
): Value {
  const layer = (role: LayerRole) => layerOf(config, prefix, role);
  const layers = { query: layer('query'), key: layer('key'), value: layer('value'), out: layer('out') };
  const attended = attention(g, x, source, layers, config, terms);
  return scaled(g, attended, config, prefix, 'attentionScale');
}

function blockMlp(g: GraphBuilder, x: Value, prefix: string, config: TransformerConfig): Value {
  const [first, second] = [layerOf(config, prefix, 'mlpIn'), layerOf(config, prefix, 'mlpOut')];
  const mapped =
    config.names.mlpGate === undefined
      ? mlp(g, x, [first, second], config)
      : gatedMlp(g, x, { gate: layerOf(config, prefix, 'mlpGate'), up: first, down: second }, config);
  return scaled(g, mapped, config, prefix, 'mlpScale');
}

/** What a sub-layer adds, by its LayerScale where the blocks have one. */
function scaled(
  g: GraphBuilder,
  x: Value,
  { names, width }: TransformerConfig,
  prefix: string,
  scale: 'attentionScale' | 'mlpScale',
): Value {
  const name = names[scale];
  return name === undefined ? x : layerScale(g, x, `${prefix}.${name}`, width);
}

function normOf(g: GraphBuilder, x: Value, name: string, config: TransformerConfig): Value {
  return config.norm === 'rms' ? rmsNorm(g, x, name, config) : layerNorm(g, x, name, config);
}

/** A linear layer of one block. */
export function layerOf(
  { names, unbiased = [] }: Pick<TransformerConfig, 'names' | 'unbiased'>,
  prefix: string,
  role: LayerRole,
): LinearName {
  return { name: `${prefix}.${names[role]}`, biased: !unbiased.includes(role) };
}

/**
 * sum' = sum + x, and its norm. Plain operators: SkipLayerNormalization, which is both in one kernel, takes
 * longer on the CPU (docs/decisions/kernels.md).
 */
function addAndNorm(
  g: GraphBuilder,
  sum: Value,
  x: Value,
  norm: string | undefined,
  config: TransformerConfig,
): Residual {
  const total = g.op('Add', [sum, x]);
  return { sum: total, normed: norm === undefined ? total : normOf(g, total, norm, config) };
}
