import { elementTypes } from '../onnx/proto.js';
import type { GraphBuilder, Value } from '../onnx/graph-builder.js';

/** Channels of a row that share a scale: the most that fit. */
const BLOCKS = [128, 64, 32, 16];
/** What an int8 and the uint8 that the kernel takes differ by. */
const SIGN = 128;
/** Rows are quantised on the way, block by block. */
const COMPUTED_IN_INT8 = 4;

/** Whether a product of so many inputs can have its weights in int8. */
export function fitsBlocks(inputs: number): boolean {
  return BLOCKS.some((block) => inputs % block === 0);
}

/**
 * x · Wᵀ + b of weights that are int8, for few rows at a time: what takes time there is reading the weights. Each row is quantised by
 * itself, block by block, as it comes: nothing was calibrated, and no row's product depends on another. [batch, …, in] → [batch, …, out]
 */
export function blockwiseLinear(
  g: GraphBuilder,
  x: Value,
  weight: string,
  [outputs, inputs]: readonly [number, number],
  bias?: Value,
): Value {
  const block = BLOCKS.find((size) => inputs % size === 0) ?? inputs;
  const blocks = inputs / block;
  const { values, scales } = g.int8Weight(weight, [outputs, inputs]);
  // Computed once, when the session is made.
  const unsigned = g.op('BitwiseXor', [
    g.op('Cast', [values], { attributes: { to: elementTypes.uint8 } }),
    g.bytes([SIGN], []),
  ]);
  const inBlocks = g.op('Reshape', [unsigned, g.ints([outputs, blocks, block])]);
  const column = g.op('Reshape', [scales, g.ints([outputs, 1])]);
  const ofBlocks = g.op('Expand', [column, g.ints([outputs, blocks])]);
  return g.op('MatMulNBits', [x, inBlocks, ofBlocks, undefined, undefined, bias], {
    domain: 'com.microsoft',
    attributes: { K: inputs, N: outputs, bits: 8, block_size: block, accuracy_level: COMPUTED_IN_INT8 },
  });
}

/** Rows of a table in int8, by their indices, in float32. */
export function int8Rows(
  g: GraphBuilder,
  weight: string,
  shape: readonly [number, number],
  indices: Value,
): Value {
  const { values, scales } = g.int8Weight(weight, shape);
  const rows = g.op('Cast', [g.op('Gather', [values, indices])], {
    attributes: { to: elementTypes.float32 },
  });
  return g.op('Mul', [rows, g.op('Unsqueeze', [g.op('Gather', [scales, indices]), g.ints([-1])])]);
}
