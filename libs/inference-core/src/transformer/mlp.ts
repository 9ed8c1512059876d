import type { Quantization } from '@triptych/core';
import type { GraphBuilder, Value } from '../onnx/graph-builder.js';
import { type Activation, biasActivation } from './activation.js';
import { linear } from './linear.js';

export interface MlpConfig {
  readonly width: number;
  readonly mlpWidth: number;
  readonly activation: Activation;
  /** Which products are computed in int8. Default: none. */
  readonly quantization?: Quantization | undefined;
}

/** A linear layer: the name of its weights, and whether it has a bias. */
export interface LinearName {
  readonly name: string;
  readonly biased: boolean;
}

/** Two linear layers and the activation between them: [batch, …, width] → [batch, …, width] */
export function mlp(
  g: GraphBuilder,
  x: Value,
  [first, second]: readonly [LinearName, LinearName],
  { width, mlpWidth, activation, quantization }: MlpConfig,
): Value {
  const inner = linear(g, x, { weight: `${first.name}.weight`, shape: [mlpWidth, width], quantization });
  const active = biasActivation(g, inner, biasOf(g, first, mlpWidth), activation);
  const bias = biasOf(g, second, width);
  return linear(g, active, { weight: `${second.name}.weight`, shape: [width, mlpWidth], bias, quantization });
}

/** The bias of a linear layer; undefined where it has none. */
export function biasOf(g: GraphBuilder, { name, biased }: LinearName, width: number): Value | undefined {
  return biased ? g.weight(`${name}.bias`, [width]) : undefined;
}
