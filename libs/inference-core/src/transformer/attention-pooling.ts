import type { GraphBuilder, Value } from '../onnx/graph-builder.js';
import { attend } from './attention.js';
import { timesTransposed } from './linear.js';
import { mlp, type MlpConfig } from './mlp.js';
import { layerNorm, type NormConfig } from './norm.js';

/** Names of a pooling head's modules below its own. */
export interface AttentionPoolingNames {
  readonly probe: string;
  /** As `torch.nn.MultiheadAttention` names its weights below this. */
  readonly attention: string;
  readonly norm: string;
  readonly mlpIn: string;
  readonly mlpOut: string;
}

export interface AttentionPoolingConfig extends MlpConfig, NormConfig {
  readonly heads: number;
  readonly names: AttentionPoolingNames;
}

/**
 * Multi-head attention pooling (Lee et al. 2019; SigLIP's vision head): a learned query attends to all tokens, and a
 * block's second half follows. [batch, tokens, width] → [batch, width]
 */
export function attentionPooling(
  g: GraphBuilder,
  x: Value,
  prefix: string,
  config: AttentionPoolingConfig,
): Value {
  const { width, heads, names } = config;
  const attention = `${prefix}.${names.attention}`;
  const [query, key, value] = packedProjections(g, attention, width);
  const probe = g.weight(`${prefix}.${names.probe}`, [1, 1, width]);
  const batch = g.op('Shape', [x], { attributes: { start: 0, end: 1 } });
  const shape = g.op('Concat', [batch, g.ints([1, width])], { attributes: { axis: 0 } });
  const asked = g.op('Expand', [query(probe), shape]);
  const mixed = attend(g, [asked, key(x), value(x)], { heads, width });
  const attended = g.op('Add', [
    timesTransposed(g, mixed, g.weight(`${attention}.out_proj.weight`, [width, width])),
    g.weight(`${attention}.out_proj.bias`, [width]),
  ]);
  const normed = layerNorm(g, attended, `${prefix}.${names.norm}`, config);
  const layer = (name: string) => ({ name: `${prefix}.${name}`, biased: true });
  const mapped = mlp(g, normed, [layer(names.mlpIn), layer(names.mlpOut)], config);
  return g.op('Squeeze', [g.op('Add', [attended, mapped]), g.ints([1])]);
}

/** Query, key and value of `torch.nn.MultiheadAttention`, which keeps the three in one weight [3 × width, width]. */
function packedProjections(g: GraphBuilder, attention: string, width: number): ((x: Value) => Value)[] {
  const weights = g.weight(`${attention}.in_proj_weight`, [3 * width, width]);
  const biases = g.weight(`${attention}.in_proj_bias`, [3 * width]);
  return [0, 1, 2].map((i) => (x: Value) => {
    // Of weights alone: ONNX Runtime cuts them when it makes the session.
    const rows = (all: Value) =>
      g.op('Slice', [all, g.ints([i * width]), g.ints([(i + 1) * width]), g.ints([0])]);
    return g.op('Add', [timesTransposed(g, x, rows(weights)), rows(biases)]);
  });
}
