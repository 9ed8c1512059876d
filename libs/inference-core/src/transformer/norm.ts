import type { GraphBuilder, Value } from '../onnx/graph-builder.js';

/** What a norm takes of a tower's configuration. */
export interface NormConfig {
  readonly width: number;
  readonly layerNormEpsilon: number;
}

/** Layer normalisation over the last dimension (Ba et al. 2016), with the weights `NAME.weight` and `NAME.bias`. */
export function layerNorm(
  g: GraphBuilder,
  x: Value,
  name: string,
  { width, layerNormEpsilon }: NormConfig,
): Value {
  return g.op(
    'LayerNormalization',
    [x, g.weight(`${name}.weight`, [width]), g.weight(`${name}.bias`, [width])],
    {
      attributes: { axis: -1, epsilon: { float: layerNormEpsilon } },
    },
  );
}

/** Root-mean-square normalisation over the last dimension (Zhang and Sennrich 2019), with the weight `NAME.weight`. */
export function rmsNorm(
  g: GraphBuilder,
  x: Value,
  name: string,
  { width, layerNormEpsilon }: NormConfig,
): Value {
  return g.op('SimplifiedLayerNormalization', [x, g.weight(`${name}.weight`, [width])], {
    attributes: { axis: -1, epsilon: { float: layerNormEpsilon } },
  });
}

/** LayerScale (Touvron et al. 2021): a learned factor for each channel of what a sub-layer adds. `name`: of the weight. */
export function layerScale(g: GraphBuilder, x: Value, name: string, width: number): Value {
  return g.op('Mul', [x, g.weight(name, [width])]);
}
