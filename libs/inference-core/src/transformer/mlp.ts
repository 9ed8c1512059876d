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
  /** Weights that are int8 by themselves. Default: none. */
  readonly int8Weights?: ReadonlySet<string> | undefined;
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
  { width, mlpWidth, activation, quantization, int8Weights }: MlpConfig,
): Value {
  const forms = { quantization, int8Weights };
  const inner = linear(g, x, { weight: `${first.name}.weight`, shape: [mlpWidth, width], ...forms });
  const active = biasActivation(g, inner, biasOf(g, first, mlpWidth), activation);
  const bias = biasOf(g, second, width);
  return linear(g, active, { weight: `${second.name}.weight`, shape: [width, mlpWidth], bias, ...forms });
}

/** The three linear layers of a gated MLP. */
export interface GatedMlpLayers {
  readonly gate: LinearName;
  readonly up: LinearName;
  readonly down: LinearName;
}

/** down(activation(gate(x)) · up(x)) (Shazeer 2020): [batch, …, width] → [batch, …, width] */
export function gatedMlp(
  g: GraphBuilder,
  x: Value,
  { gate, up, down }: GatedMlpLayers,
  { width, mlpWidth, activation, quantization }: MlpConfig,
): Value {
  const project = (x: Value, layer: LinearName, shape: readonly [number, number], bias?: Value) =>
    linear(g, x, { weight: `${layer.name}.weight`, shape, bias, quantization });
  const inner = [mlpWidth, width] as const;
  const active = biasActivation(g, project(x, gate, inner), biasOf(g, gate, mlpWidth), activation);
  const gated = g.op('Mul', [active, project(x, up, inner, biasOf(g, up, mlpWidth))]);
  return project(gated, down, [width, mlpWidth], biasOf(g, down, width));
}

/** The bias of a linear layer; undefined where it has none. */
export function biasOf(g: GraphBuilder, { name, biased }: LinearName, width: number): Value | undefined {
  return biased ? g.weight(`${name}.bias`, [width]) : undefined;
}
