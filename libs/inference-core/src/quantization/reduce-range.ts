import { InferenceSession, Tensor } from 'onnxruntime-node';
import { GraphBuilder, scalesOf } from '../onnx/graph-builder.js';
import type { ExternalWeight } from '../session/protocol.js';

/** Deep and wide enough for the kernel that large products take. */
const TRIAL = { rows: 16, inputs: 256, outputs: 64 };

/**
 * Whether this CPU's uint8 × int8 products are wrong at the ends of the range: AVX2 and AVX-512 without VNNI add pairs of
 * them in 16 bits, which saturates. Found by trying, on whatever CPU this is.
 */
export async function integerKernelsSaturate(): Promise<boolean> {
  const { rows, inputs, outputs } = TRIAL;
  const g = new GraphBuilder('saturation');
  const x = g.input('x', 'uint8', [rows, inputs]);
  const w = g.input('w', 'int8', [inputs, outputs]);
  const one = g.floats([1], []);
  g.output('y', g.op('MatMulIntegerToFloat', [x, w, one, one], { domain: 'com.microsoft' }), 'float32', [
    rows,
    outputs,
  ]);
  const session = await InferenceSession.create(g.build().encode(), { intraOpNumThreads: 1 });
  const { y } = await session.run({
    x: new Tensor('uint8', new Uint8Array(rows * inputs).fill(255), [rows, inputs]),
    w: new Tensor('int8', new Int8Array(inputs * outputs).fill(127), [inputs, outputs]),
  });
  await session.release();
  return (y.data as Float32Array).some((value) => value !== inputs * 255 * 127);
}

/** Makes int8 weights of one bit less, in their place, and their scales twice as large: no pair of products exceeds 16 bits. */
export function reduceWeights(weights: readonly ExternalWeight[], parts: readonly ArrayBuffer[]): void {
  const byName = new Map(weights.map((weight) => [weight.name, weight]));
  for (const weight of weights) {
    if (weight.type !== 'int8') continue;
    const values = new Int8Array(parts[weight.part], weight.byteOffset, weight.byteLength);
    for (let i = 0; i < values.length; i++) values[i] = Math.round(values[i] / 2);
    const scales = byName.get(scalesOf(weight.name));
    if (!scales) continue;
    const floats = new Float32Array(parts[scales.part], scales.byteOffset, scales.byteLength / 4);
    for (let i = 0; i < floats.length; i++) floats[i] *= 2;
  }
}
