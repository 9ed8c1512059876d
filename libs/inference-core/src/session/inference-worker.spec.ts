import type { Isolation, WeightSet } from '@triptych/core';
import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../onnx/graph-builder.js';
import { InferenceWorker } from './inference-worker.js';

/** y = x · w, with w [2, 2] given beside the graph. */
function graph() {
  const g = new GraphBuilder('product');
  const x = g.input('x', 'float32', ['batch', 2]);
  g.output('y', g.op('MatMul', [x, g.weight('w', [2, 2])]), 'float32', ['batch', 2]);
  return g.build();
}

function weights(shape: number[], name = 'w'): WeightSet {
  const values = Float32Array.of(1, 2, 3, 4);
  const tensor = {
    shape,
    storedAs: 'float32',
    type: 'float32',
    part: 0,
    byteOffset: 0,
    byteLength: 16,
  } as const;
  return { tensors: new Map([[name, tensor]]), parts: [values.buffer] };
}

const start = (set: () => WeightSet, isolation: Isolation = 'thread') =>
  InferenceWorker.start({
    name: 'test',
    isolation,
    threads: 1,
    graph,
    weights: () => Promise.resolve(set()),
  });
const form = { normalize: false, dimensions: 0, numbers: 'float32' } as const;
const request = () => ({
  feeds: { x: { type: 'float32' as const, dims: [2, 2], data: Float32Array.of(1, 0, 0, 1).buffer } },
  rows: [
    { output: 'y', form },
    { output: 'y', form: { ...form, dimensions: 1 } },
  ],
});

describe.each<Isolation>(['thread', 'process'])('an inference worker in a %s', (isolation) => {
  it('runs a graph on weights from memory, and gives each row in the form it wants', async () => {
    const worker = await start(() => weights([2, 2]), isolation);
    const { embeddings } = await worker.run(request());
    expect(embeddings.map((e) => [...new Float32Array(e.bytes.slice().buffer)])).toEqual([[1, 2], [3]]);
    await worker.close();
  });

  it('ends with a start that is cancelled, while its weights are read or its session is made', async () => {
    for (const steps of [0, 1, 2]) {
      const cancel = new AbortController();
      const starting = InferenceWorker.start({
        name: 'test',
        isolation,
        threads: 1,
        graph,
        weights: async () => {
          setTimeout(() => cancel.abort(), 20 * steps);
          if (steps === 0) await new Promise(() => undefined);
          return weights([2, 2]);
        },
        warmUp: request(),
        signal: cancel.signal,
      });
      // What is quicker than the client stays.
      const started = await starting.catch((thrown: unknown) => thrown);
      if (started instanceof InferenceWorker) await started.close();
      else expect(started).toMatchObject({ reason: 'CANCELLED' });
      const left = () =>
        process.getActiveResourcesInfo().filter((one) => one === 'MessagePort' || one === 'ProcessWrap');
      await expect.poll(left).toEqual([]);
    }
  });

  it('reads the weights anew after a crash', async () => {
    let reads = 0;
    const worker = await start(() => {
      reads++;
      return weights([2, 2]);
    }, isolation);
    await worker.kill();
    while (!worker.ready) await new Promise((resolve) => setTimeout(resolve, 10));
    expect((await worker.run(request())).embeddings).toHaveLength(2);
    expect(reads).toBe(2);
    await worker.close();
  });
});

describe('an inference worker', () => {
  it('refuses weights that do not fit the graph, by name and shape', async () => {
    await expect(start(() => weights([4]))).rejects.toMatchObject({
      reason: 'TENSOR_SHAPE',
      message: 'tensor w: expected shape [2, 2], found [4]',
    });
    await expect(start(() => weights([2, 2], 'v'))).rejects.toMatchObject({ reason: 'TENSOR_MISSING' });
  });

  it('names the file of such weights', async () => {
    const inFile = (...of: Parameters<typeof weights>) => ({ ...weights(...of), file: 'm/weights.parquet' });
    await expect(start(() => inFile([4]))).rejects.toThrow(
      'm/weights.parquet: tensor w: expected shape [2, 2], found [4]',
    );
    await expect(start(() => inFile([2, 2], 'v'))).rejects.toThrow(
      'm/weights.parquet: tensor w is missing; expected shape [2, 2]',
    );
  });
});
