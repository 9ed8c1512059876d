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
