import assert from 'node:assert/strict';
import { GraphBuilder, InferenceWorker } from '@triptych/inference-core';

const graph = () => {
  const g = new GraphBuilder('identity');
  g.output('y', g.op('Neg', [g.input('x', 'float32', ['n', 2])]), 'float32', ['n', 2]);
  return g.build();
};
const weights = () => Promise.resolve({ tensors: new Map(), parts: [] });
const worker = await InferenceWorker.start({ name: 'identity', threads: 1, graph, weights });
const form = { normalize: false, dimensions: 0, numbers: 'float32' };
const feeds = { x: { type: 'float32', dims: [1, 2], data: Float32Array.of(1, -2).buffer } };
const { embeddings } = await worker.run({ feeds, rows: [{ output: 'y', form }] });
const { buffer, byteOffset } = embeddings[0].bytes;
assert.deepEqual([...new Float32Array(buffer, byteOffset, 2)], [-1, 2]);
await worker.close();
