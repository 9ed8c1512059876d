import type { InputRange, Quantization } from '@triptych/core';
import type { GraphBuilder, Value } from '../onnx/graph-builder.js';
import { blockwiseLinear } from './blockwise-linear.js';

export interface LinearOptions {
  readonly weight: string;
  /** As PyTorch stores it: [out, in]. */
  readonly shape: readonly [number, number];
  readonly bias?: Value | undefined;
  readonly quantization?: Quantization | undefined;
  /** Weights that are int8 by themselves. */
  readonly int8Weights?: ReadonlySet<string> | undefined;
}

/** x · Wᵀ + b, in int8 where the quantisation has a range for what the weight reads. [batch, …, in] → [batch, …, out] */
export function linear(g: GraphBuilder, x: Value, options: LinearOptions): Value {
  const { weight, shape, bias, quantization, int8Weights } = options;
  if (g.options.observe !== undefined) observe(g, x, weight, shape[1], g.options.observe);
  if (int8Weights?.has(weight)) return blockwiseLinear(g, x, weight, shape, bias);
  const range = quantization?.get(weight);
  if (range) return (g.kernels.integers ? integerLinear : widenedLinear)(g, x, range, options);
  const product = timesTransposed(g, x, g.weight(weight, shape));
  return bias === undefined ? product : g.op('Add', [product, bias]);
}

/** x · Wᵀ. The fused kernel packs W as it is once, and no transposed copy is made; elsewhere ONNX Runtime transposes it once. */
export function timesTransposed(g: GraphBuilder, x: Value, weight: Value): Value {
  if (g.kernels.fusedProducts)
    return g.op('FusedMatMul', [x, weight], { domain: 'com.microsoft', attributes: { transB: 1 } });
  return g.op('MatMul', [x, g.op('Transpose', [weight], { attributes: { perm: [1, 0] } })]);
}

/**
 * uint8 × int8 → int32 → float32, by the scale of the input and of each output channel. The input's scale is a
 * constant: a token's product depends on that token alone. ONNX Runtime's optimiser leaves one Mul and one QuantizeLinear
 * of those that are the same, and transposes the weight once.
 */
function integerLinear(
  g: GraphBuilder,
  x: Value,
  { scale, zeroPoint, factors }: InputRange,
  { weight, shape, bias }: LinearOptions,
): Value {
  const inputScale = g.floats([scale], []);
  const inputZero = g.bytes([zeroPoint], []);
  const input = factors === undefined ? x : g.op('Mul', [x, g.weight(factors, [shape[1]])]);
  const { values, scales } = g.int8Weight(weight, shape);
  return g.op(
    'MatMulIntegerToFloat',
    [
      g.op('QuantizeLinear', [input, inputScale, inputZero]),
      g.op('Transpose', [values], { attributes: { perm: [1, 0] } }),
      inputScale,
      scales,
      inputZero,
      undefined,
      ...(bias === undefined ? [] : [bias]),
    ],
    { domain: 'com.microsoft' },
  );
}

/** The product of weights that are stored in int8, where a device has no kernels for them: widened when the session is made. */
function widenedLinear(
  g: GraphBuilder,
  x: Value,
  { factors }: InputRange,
  { weight, shape, bias }: LinearOptions,
): Value {
  const input = factors === undefined ? x : g.op('Mul', [x, g.weight(factors, [shape[1]])]);
  const { values, scales } = g.int8Weight(weight, shape);
  const widened = g.op('DequantizeLinear', [values, scales], { attributes: { axis: 0 } });
  const product = timesTransposed(g, input, g.cast(widened));
  return bias === undefined ? product : g.op('Add', [product, bias]);
}

/** Graph outputs that say what a product reads: `rows` [1, tokens, in], and `range` [1, 2, in], its minima and maxima. */
export const observed = {
  rows: (weight: string) => `${weight}:rows`,
  range: (weight: string) => `${weight}:range`,
};

function observe(g: GraphBuilder, x: Value, weight: string, width: number, step: number): void {
  const tokens = g.op('Reshape', [x, g.ints([1, -1, width])]);
  const bounds = [[0], [Number.MAX_SAFE_INTEGER], [1], [step]];
  const rows = g.op('Slice', [tokens, ...bounds.map((b) => g.ints(b))]);
  const range = ['ReduceMin', 'ReduceMax'].map((type) => g.op(type, [tokens, g.ints([1])]));
  g.output(observed.rows(weight), rows, 'float32', [1, 'rows', width]);
  g.output(observed.range(weight), g.op('Concat', range, { attributes: { axis: 1 } }), 'float32', [
    1,
    2,
    width,
  ]);
}
