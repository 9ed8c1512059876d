import type { Quantization } from '@triptych/core';
import type { AttentionForm } from '../device/kernels.js';
import type { GraphBuilder, Value } from '../onnx/graph-builder.js';
import type { AttentionShape, AttentionTerms } from './attention-terms.js';
import { linear } from './linear.js';
import { biasOf, type LinearName } from './mlp.js';
import { plainAttention } from './plain-attention.js';
import { rotated } from './rotary.js';

export interface AttentionConfig extends AttentionShape {
  /** Which products are computed in int8. Default: none. */
  readonly quantization?: Quantization | undefined;
}

/** The four linear layers of an attention. */
export interface AttentionLayers {
  readonly query: LinearName;
  readonly key: LinearName;
  readonly value: LinearName;
  readonly out: LinearName;
}

/** Multi-head attention (Vaswani et al. 2017) of the tokens `x` to those of `source`: → [batch, tokens, width] */
export function attention(
  g: GraphBuilder,
  x: Value,
  source: Value,
  layers: AttentionLayers,
  { width, heads, causal = false, quantization }: AttentionConfig,
  terms: AttentionTerms = {},
): Value {
  const project = (x: Value, layer: LinearName) => {
    const bias = biasOf(g, layer, width);
    return linear(g, x, { weight: `${layer.name}.weight`, shape: [width, width], bias, quantization });
  };
  const { query, key, value, out } = layers;
  const turned = (x: Value) => (terms.rotation ? rotated(g, x, heads, terms.rotation) : x);
  const projected = [
    turned(project(x, query)),
    turned(project(source, key)),
    project(source, value),
  ] as const;
  return project(attend(g, projected, { heads, width, causal }, terms), out);
}

/**
 * softmax(Q · Kᵀ / √d + bias) · V, head by head. Biases of the projections go in before: with one of its own, the
 * kernel leaves the flash path.
 */
export function attend(
  g: GraphBuilder,
  projected: readonly [query: Value, key: Value, value: Value],
  { heads, width, causal = false }: AttentionShape,
  { bias, mask }: AttentionTerms = {},
): Value {
  const form = formOf(causal, mask, bias);
  if (!g.kernels.fusedAttention.includes(form))
    return plainAttention(g, projected, { heads, causal, width }, { bias, mask });
  const terms = bias === undefined && mask === undefined ? [] : [undefined, mask, bias];
  return g.op('MultiHeadAttention', [...projected, ...terms], {
    domain: 'com.microsoft',
    attributes: { num_heads: heads, unidirectional: Number(causal) },
  });
}

/** Of several, the one that the others are hardest to compute with: kernels that know it know them. */
function formOf(causal: boolean, mask: Value | undefined, bias: Value | undefined): AttentionForm {
  if (bias !== undefined) return 'biased';
  if (mask !== undefined) return 'masked';
  return causal ? 'causal' : 'bare';
}

/**
 * The mask of texts that were filled up to one length, for {@link AttentionTerms}. `lengths` int64 [batch]; `tokens`,
 * the filled length, int64 [1].
 */
export function paddingMask(g: GraphBuilder, lengths: Value, tokens: Value): Value {
  const places = g.op('Range', [g.ints([0], []), g.op('Squeeze', [tokens]), g.ints([1], [])]);
  const isReal = g.op('Less', [places, g.op('Unsqueeze', [lengths, g.ints([1])])]);
  return g.op('Cast', [isReal], { attributes: { to: INT32 } });
}

/**
 * The bias that lets a token see itself and so many tokens on either side (Beltagy et al. 2020), for {@link AttentionTerms}:
 * [1, 1, tokens, tokens]. `tokens`: int64 [1], how many there are.
 */
export function windowBias(g: GraphBuilder, tokens: Value, reach: number): Value {
  const places = g.op('Range', [g.ints([0], []), g.op('Squeeze', [tokens]), g.ints([1], [])]);
  const distance = g.op('Abs', [g.op('Sub', [places, g.op('Unsqueeze', [places, g.ints([1])])])]);
  const isSeen = g.op('LessOrEqual', [distance, g.ints([reach], [])]);
  const bias = g.op('Where', [isSeen, g.floats([0], []), g.floats([-Infinity], [])]);
  return g.op('Unsqueeze', [bias, g.ints([0, 1])]);
}

/** TensorProto.DataType of ONNX. */
const INT32 = 6;
