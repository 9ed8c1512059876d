import {
  bindWeights,
  disableTelemetry,
  InputBuffers,
  type Placement,
  type RunRequest,
  sessionOptions,
  toTensor,
} from '@triptych/inference-core';
import { syntheticWeights } from '@triptych/reference';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { deviceModels } from './device-models.js';
import { median } from './statistics.js';

/** What a process that measures one tower on one device is told. */
export interface DeviceTask {
  readonly model: string;
  /** How many have their vectors compared. */
  readonly items: number;
  readonly placement: Placement;
  readonly batches: readonly number[];
  readonly seconds: number;
  readonly threads: number;
}

export interface DeviceResult {
  readonly unit: string;
  /** Vectors of the trial items, one after the other. */
  readonly vectors: Float32Array;
  readonly loadMs: number;
  /** Of the first run, which compiles. */
  readonly firstMs: number;
  /** Milliseconds of a run, by items in it: medians. */
  readonly runMs: Readonly<Record<number, number>>;
  readonly rssMb: number;
}

process.on('message', (task: DeviceTask) => {
  void measure(task).then((result) => process.send?.(result, () => process.exit(0)));
});

/** One session of ONNX Runtime alone, with the server's graph and settings. */
async function measure({
  model,
  items,
  placement,
  batches,
  seconds,
  threads,
}: DeviceTask): Promise<DeviceResult> {
  disableTelemetry();
  const { tower, item, unit } = deviceModels[model].open();
  const graph = tower.graph({ kernels: placement.kernels });
  const set = syntheticWeights(graph.weights);
  const { model: bytes, weights } = bindWeights(graph, set);
  const bytesOf = (part: number, at: number, length: number) => new Uint8Array(set.parts[part], at, length);
  const started = performance.now();
  const session = await InferenceSession.create(bytes, {
    ...sessionOptions(placement.device, threads),
    externalData: weights
      .filter(({ fed }) => !fed)
      .map(({ name, part, byteOffset, byteLength }) => ({
        path: name,
        data: bytesOf(part, byteOffset, byteLength),
      })),
  });
  const loadMs = performance.now() - started;
  const tables = Object.fromEntries(
    weights
      .filter(({ fed }) => fed)
      .map(({ name, part, shape }) => [
        name,
        new Tensor('float32', new Float32Array(set.parts[part]), shape),
      ]),
  );
  const buffers = new InputBuffers();
  const run = async ({ feeds, rows }: RunRequest) => {
    const inputs = Object.entries(feeds).map(
      ([name, feed]) => [name, toTensor(name, feed, buffers)] as const,
    );
    const { output } = rows[0];
    return (await session.run({ ...tables, ...Object.fromEntries(inputs) }, [output]))[output]
      .data as Float32Array;
  };
  const of = (count: number) => tower.request(Array.from({ length: count }, (_, i) => item(i % items)));
  const first = performance.now();
  const vectors = Float32Array.from(await run(of(items)));
  const firstMs = performance.now() - first;
  const runMs: Record<number, number> = {};
  for (const count of batches) {
    const request = of(count);
    await run(request);
    const times: number[] = [];
    const since = performance.now();
    while (performance.now() - since < 1000 * seconds || times.length < 3) {
      const before = performance.now();
      await run(request);
      times.push(performance.now() - before);
    }
    runMs[count] = median(times);
  }
  return { unit, vectors, loadMs, firstMs, runMs, rssMb: process.memoryUsage.rss() / 1024 ** 2 };
}
