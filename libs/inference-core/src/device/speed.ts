import { InferenceSession, Tensor } from 'onnxruntime-node';
import { GraphBuilder } from '../onnx/graph-builder.js';
import type { Device } from './device.js';
import { sessionOptions } from './session-options.js';

/** Rows and columns of the square matrices that are multiplied: first small ones, which tell what is slow, then such as fill a card. */
const [SMALL, LARGE] = [256, 2048];
/** Longer than this for the small ones, and the large ones would take seconds. */
const SLOW_MS = 2;
const RUNS = 3;

/** Billions of float32 operations a second in products of matrices: tells a graphics card from software that plays one. */
export async function measureGflops(device: Device): Promise<number> {
  const g = new GraphBuilder('speed');
  const x = g.input('x', 'float32', ['rows', 'rows']);
  // One number comes back: what is measured is the product, not its way to the host.
  g.output('y', g.op('ReduceMax', [g.op('MatMul', [x, x])]), 'float32', [1, 1]);
  const options = { ...sessionOptions(device, 0), logSeverityLevel: 4 as const };
  const session = await InferenceSession.create(g.build().encode(), options);
  const measured = await fastest(session, SMALL);
  const isSlow = measured > SLOW_MS;
  const [rows, ms] = isSlow ? [SMALL, measured] : [LARGE, await fastest(session, LARGE)];
  await session.release();
  return (2 * rows ** 3) / ms / 1e6;
}

/** Milliseconds of the fastest of some runs. */
async function fastest(session: InferenceSession, rows: number): Promise<number> {
  const x = new Tensor('float32', new Float32Array(rows * rows).fill(1 / rows), [rows, rows]);
  // The first run compiles.
  await session.run({ x });
  const times: number[] = [];
  for (let i = 0; i < RUNS; i++) {
    const started = performance.now();
    await session.run({ x });
    times.push(performance.now() - started);
  }
  return Math.min(...times);
}
