import type { GraphBuilder, Value } from '../onnx/graph-builder.js';
import { elementTypes } from '../onnx/proto.js';
import type { AttentionShape, AttentionTerms } from './attention-terms.js';

/**
 * Multi-head attention in products and a softmax, for devices whose fused kernel is not exact (docs/decisions/devices.md). The
 * softmax is computed in float32 in any precision. [batch, tokens, width] → [batch, tokens, width]
 */
export function plainAttention(
  g: GraphBuilder,
  [query, key, value]: readonly [query: Value, key: Value, value: Value],
  { heads, width, causal = false }: AttentionShape,
  { bias, mask }: AttentionTerms,
): Value {
  const size = width / heads;
  const split = (x: Value, perm: readonly number[]) =>
    g.op('Transpose', [g.op('Reshape', [x, g.ints([0, 0, heads, size])])], { attributes: { perm } });
  const scaled = g.op('Mul', [query, g.floats([1 / Math.sqrt(size)], [])]);
  const scores = [
    g.op('MatMul', [split(scaled, [0, 2, 1, 3]), split(key, [0, 2, 3, 1])]),
    ...(bias === undefined ? [] : [bias]),
    ...(mask === undefined ? [] : [hidden(g, mask)]),
    ...(causal ? [causalBias(g, query, key)] : []),
  ].reduce((sum, term) => g.op('Add', [sum, term]));
  const mixed = g.op('MatMul', [softmax(g, scores), split(value, [0, 2, 1, 3])]);
  const joined = g.op('Transpose', [mixed], { attributes: { perm: [0, 2, 1, 3] } });
  return g.op('Reshape', [joined, g.ints([0, 0, width])]);
}

function softmax(g: GraphBuilder, scores: Value): Value {
  if (g.kernels.precision === 'float32') return g.op('Softmax', [scores]);
  const wide = g.op('Cast', [scores], { attributes: { to: elementTypes.float32 } });
  return g.cast(g.op('Softmax', [wide]));
}

/** A mask as a bias: [batch, source tokens] → [batch, 1, 1, source tokens], −∞ in effect where a token is padding. */
function hidden(g: GraphBuilder, mask: Value): Value {
  const isPadding = g.op('Equal', [
    g.op('Unsqueeze', [mask, g.ints([1, 2])]),
    g.op('Cast', [g.ints([0], [])], { attributes: { to: 6 } }),
  ]);
  return g.op('Where', [isPadding, g.floats([HIDDEN], []), g.floats([0], [])]);
}

/** [tokens, source tokens], −∞ in effect above the diagonal. */
function causalBias(g: GraphBuilder, query: Value, key: Value): Value {
  const places = (x: Value) => {
    const tokens = g.op('Shape', [x], { attributes: { start: 1, end: 2 } });
    return g.op('Range', [g.ints([0], []), g.op('Squeeze', [tokens]), g.ints([1], [])]);
  };
  const rows = g.op('Unsqueeze', [places(query), g.ints([1])]);
  return g.op('Where', [g.op('Less', [rows, places(key)]), g.floats([HIDDEN], []), g.floats([0], [])]);
}

/** Representable in float16, and e to it is 0 beside any score that is not. */
const HIDDEN = -60000;
