import type { GraphBuilder, Value } from '../onnx/graph-builder.js';

/**
 * `gelu` is the exact one (erf), `gelu_tanh` its approximation by tanh (Hendrycks and Gimpel 2016); `quick_gelu` is
 * x·σ(1.702x), OpenAI's; `silu` is x·σ(x).
 */
export type Activation = 'gelu' | 'gelu_tanh' | 'quick_gelu' | 'silu';

/** Activations by the names that HuggingFace's configurations give them. */
export const activations: Readonly<Record<string, Activation>> = {
  gelu: 'gelu',
  gelu_new: 'gelu_tanh',
  gelu_fast: 'gelu_tanh',
  gelu_pytorch_tanh: 'gelu_tanh',
  quick_gelu: 'quick_gelu',
  silu: 'silu',
  swish: 'silu',
};

/** Those of them that are forms of the Gaussian error linear unit, and that a configuration may name where it names no others. */
export const geluActivations = {
  gelu_pytorch_tanh: 'gelu_tanh',
  gelu_new: 'gelu_tanh',
  gelu: 'gelu',
  quick_gelu: 'quick_gelu',
} as const satisfies Readonly<Record<string, Activation>>;

/** Factor of the sigmoid's argument. */
const sigmoidGates = { quick_gelu: 1.702, silu: 1 };

/** activation(x + bias). Kernels that take the bias themselves are given it. */
export function biasActivation(
  g: GraphBuilder,
  x: Value,
  bias: Value | undefined,
  activation: Activation,
): Value {
  if (activation === 'gelu' && bias !== undefined)
    return g.op('BiasGelu', [x, bias], { domain: 'com.microsoft' });
  if (activation === 'gelu_tanh') return g.op('FastGelu', [x, bias], { domain: 'com.microsoft' });
  const sum = bias === undefined ? x : g.op('Add', [x, bias]);
  if (activation === 'gelu') return g.op('Gelu', [sum], { domain: 'com.microsoft' });
  return g.op('QuickGelu', [sum], {
    domain: 'com.microsoft',
    attributes: { alpha: { float: sigmoidGates[activation] } },
  });
}
