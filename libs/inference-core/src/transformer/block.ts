import type { Quantization } from '@triptych/core';
import type { GraphBuilder, Value } from '../onnx/graph-builder.js';
import { linear } from './linear.js';

/** `gelu` is the exact one (erf); `quick_gelu` is x·σ(1.702x), OpenAI's. */
export type Activation = 'gelu' | 'quick_gelu';

/** Names of a block's modules below its prefix: what differs between Whisper's and CLIP's checkpoints. */
export interface BlockNames {
  readonly attention: string;
  readonly attentionNorm: string;
  readonly mlpIn: string;
  readonly mlpOut: string;
  readonly mlpNorm: string;
}

export interface TransformerConfig {
  readonly width: number;
  readonly heads: number;
  readonly mlpWidth: number;
  readonly activation: Activation;
  readonly layerNormEpsilon: number;
  /** Whisper's key projection has no bias. */
  readonly keyBias: boolean;
  /** Each token sees itself and those before it alone. */
  readonly causal?: boolean;
  readonly names: BlockNames;
  /** Which products are computed in int8. Default: none. */
  readonly quantization?: Quantization | undefined;
}

/**
 * Residual stream between two sub-layers: `sum` of all that was added so far, and `normed`, its layer norm, which
 * the next sub-layer reads.
 */
interface Residual {
  readonly sum: Value;
  readonly normed: Value;
}

/** The blocks of a tower: the name of each, which its modules' names follow, and what they are like. */
export interface TransformerBlocks {
  readonly prefixes: readonly string[];
  readonly config: TransformerConfig;
}

export interface TransformerOptions {
  /** Layer norm after the last block; none where the tower has its own use for what comes out. */
  readonly finalNorm?: string;
  /**
   * Which tokens the last block is computed for, [batch, tokens, width] → [batch, kept, width]: the others are still
   * attended to, but nobody reads what would become of them.
   */
  readonly keep?: (x: Value) => Value;
}

/**
 * Pre-layer-norm transformer (Xiong et al. 2020; Whisper's encoder, CLIP's towers): x += attention(norm(x));
 * x += mlp(norm(x)), block after block, then the final norm.
 *
 * `x` is [batch, tokens, width]. Returns the residual stream before the first and after each block (`states`,
 * what HuggingFace calls hidden states) and the last one's layer norm, where there is one.
 */
export function transformer(
  g: GraphBuilder,
  x: Value,
  { prefixes, config }: TransformerBlocks,
  { finalNorm, keep }: TransformerOptions,
): { states: Value[]; output: Value } {
  const { names } = config;
  const states = [x];
  let residual: Residual = {
    sum: x,
    normed: layerNorm(g, x, `${prefixes[0]}.${names.attentionNorm}`, config),
  };
  prefixes.forEach((prefix, i) => {
    const next = prefixes[i + 1];
    const source = residual.normed;
    if (next === undefined && keep) residual = { sum: keep(residual.sum), normed: keep(residual.normed) };
    const attended = attention(g, residual.normed, source, `${prefix}.${names.attention}`, config);
    residual = addAndNorm(g, residual, attended, `${prefix}.${names.mlpNorm}`, config);
    const mapped = mlp(g, residual.normed, prefix, config);
    const norm = next === undefined ? finalNorm : `${next}.${names.attentionNorm}`;
    residual = addAndNorm(g, residual, mapped, norm, config);
    states.push(residual.sum);
  });
  return { states, output: residual.normed };
}

/**
 * Multi-head attention of the tokens `x` to those of `source`. Bias goes in before MultiHeadAttention: with a bias of
 * its own it leaves the flash path.
 */
function attention(
  g: GraphBuilder,
  x: Value,
  source: Value,
  prefix: string,
  { width, heads, keyBias, causal = false, quantization }: TransformerConfig,
): Value {
  const project = (x: Value, name: string, biased = true) => {
    const bias = biased ? g.weight(`${prefix}.${name}.bias`, [width]) : undefined;
    return linear(g, x, { weight: `${prefix}.${name}.weight`, shape: [width, width], bias, quantization });
  };
  const mixed = g.op(
    'MultiHeadAttention',
    [project(x, 'q_proj'), project(source, 'k_proj', keyBias), project(source, 'v_proj')],
    { domain: 'com.microsoft', attributes: { num_heads: heads, unidirectional: Number(causal) } },
  );
  return project(mixed, 'out_proj');
}

function mlp(g: GraphBuilder, x: Value, prefix: string, config: TransformerConfig): Value {
  const { width, mlpWidth, names, activation, quantization } = config;
  const [mlpIn, mlpOut] = [`${prefix}.${names.mlpIn}`, `${prefix}.${names.mlpOut}`];
  const inner = linear(g, x, { weight: `${mlpIn}.weight`, shape: [mlpWidth, width], quantization });
  const active = biasActivation(g, inner, g.weight(`${mlpIn}.bias`, [mlpWidth]), activation);
  const bias = g.weight(`${mlpOut}.bias`, [width]);
  return linear(g, active, { weight: `${mlpOut}.weight`, shape: [width, mlpWidth], bias, quantization });
}

function biasActivation(g: GraphBuilder, x: Value, bias: Value, activation: Activation): Value {
  if (activation === 'gelu') return g.op('BiasGelu', [x, bias], { domain: 'com.microsoft' });
  return g.op('QuickGelu', [g.op('Add', [x, bias])], {
    domain: 'com.microsoft',
    attributes: { alpha: { float: 1.702 } },
  });
}

/**
 * sum' = sum + x, and its layer norm. Plain operators: SkipLayerNormalization, which is both in one kernel, takes
 * longer on the CPU (docs/decisions/kernels.md).
 */
function addAndNorm(
  g: GraphBuilder,
  { sum }: Residual,
  x: Value,
  norm: string | undefined,
  config: TransformerConfig,
): Residual {
  const total = g.op('Add', [sum, x]);
  return { sum: total, normed: norm === undefined ? total : layerNorm(g, total, norm, config) };
}

/** Layer normalisation over the last dimension. */
export function layerNorm(
  g: GraphBuilder,
  x: Value,
  name: string,
  { width, layerNormEpsilon }: Pick<TransformerConfig, 'width' | 'layerNormEpsilon'>,
): Value {
  return g.op(
    'LayerNormalization',
    [x, g.weight(`${name}.weight`, [width]), g.weight(`${name}.bias`, [width])],
    {
      attributes: { axis: -1, epsilon: { float: layerNormEpsilon } },
    },
  );
}
