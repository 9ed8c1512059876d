import { InferenceSession, Tensor } from 'onnxruntime-node';
import { GraphBuilder } from '../onnx/graph-builder.js';
import type { Device } from './device.js';
import { sessionOptions } from './session-options.js';

const [ROWS, WIDTH, PRODUCTS, RUNS] = [512, 1024, 4, 3];

/** Billions of float32 operations a second in products of matrices, the best of some runs: tells a graphics card from software that plays one. */
export async function measureGflops(device: Device): Promise<number> {
  const g = new GraphBuilder('speed');
  const x = g.input('x', 'float32', [ROWS, WIDTH]);
  const w = g.input('w', 'float32', [WIDTH, WIDTH]);
  const product = Array.from({ length: PRODUCTS }).reduce<typeof x>((y) => g.op('MatMul', [y, w]), x);
  g.output('y', g.op('ReduceMax', [product]), 'float32', [1, 1]);
  const session = await InferenceSession.create(g.build().encode(), {
    ...sessionOptions(device, 0),
    logSeverityLevel: 4,
  });
  const tensor = (rows: number) =>
    new Tensor('float32', new Float32Array(rows * WIDTH).fill(1 / WIDTH), [rows, WIDTH]);
  const feeds = { x: tensor(ROWS), w: tensor(WIDTH) };
  let best = Infinity;
  for (let i = 0; i <= RUNS; i++) {
    const started = performance.now();
    await session.run(feeds);
    // The first run compiles.
    if (i > 0) best = Math.min(best, performance.now() - started);
  }
  await session.release();
  return (2 * PRODUCTS * ROWS * WIDTH * WIDTH) / best / 1e6;
}
