import type { WeightSet } from '@triptych/core';
import { afterEach, describe, expect, it } from 'vitest';
import { GraphBuilder } from '../onnx/graph-builder.js';
import { Encoder, type EncoderParts } from './encoder.js';

/** Doubles numbers; small ones have few tokens, and are short items by that. */
const parts: Omit<EncoderParts<number>, 'blocks'> = {
  graph: () => {
    const g = new GraphBuilder('double');
    const x = g.input('x', 'float32', ['batch', 1]);
    g.output('y', g.op('MatMul', [x, g.weight('w', [1, 1])]), 'float32', ['batch', 1]);
    return g.build();
  },
  key: () => '',
  maxBatch: (item) => (item < 1000 ? 8 : 1),
  bytes: () => 4,
  tokens: (item) => (item < 1000 ? 1 : 1e9),
  request: (items) => ({
    feeds: { x: { type: 'float32', dims: [items.length, 1], data: Float32Array.from(items).buffer } },
    rows: items.map(() => ({ output: 'y', form: { normalize: false, dimensions: 0, numbers: 'float32' } })),
  }),
  warmUp: 1,
};

let reads = 0;
const weights = (): Promise<WeightSet> => {
  reads++;
  const tensor = { storedAs: 'float32', type: 'float32', part: 0, byteOffset: 0, byteLength: 4 } as const;
  const tensors = new Map([['w', { ...tensor, shape: [1, 1] }]]);
  return Promise.resolve({ tensors, parts: [Float32Array.of(2).buffer] });
};

let encoder: Encoder<number>;
const start = async (instances: number | 'auto', threads: number) => {
  reads = 0;
  const queue = { maxItems: 1000, maxBytes: 1e6 };
  encoder = await Encoder.start(parts, { name: 'double', threads, instances, weights, queue });
};
afterEach(() => encoder.close());

const encode = async (item: number) => {
  const { result } = await encoder.encode(item);
  return new Float32Array(result.embedding.bytes.slice().buffer)[0];
};
const range = (count: number, from = 0) => Array.from({ length: count }, (_, i) => from + i);
const until = async (isTrue: () => boolean) => {
  for (let i = 0; i < 500 && !isTrue(); i++) await new Promise((resolve) => setTimeout(resolve, 10));
};

describe('an encoder', () => {
  it('starts narrow sessions when short items wait for each other, and only then', async () => {
    await start('auto', 3);
    for (const item of range(5)) expect(await encode(item)).toBe(2 * item);
    expect(await Promise.all(range(5, 1000).map(encode))).toEqual(range(5, 1000).map((item) => 2 * item));
    expect(reads).toBe(1);
    for (let round = 0; round < 20; round++) {
      const items = range(50, round);
      expect(await Promise.all(items.map(encode))).toEqual(items.map((item) => 2 * item));
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await until(() => reads === 4);
    expect(reads).toBe(4);
    expect(await Promise.all(range(30, 990).map(encode))).toEqual(range(30, 990).map((item) => 2 * item));
  });

  it('has none where none are asked for', async () => {
    await start(0, 2);
    expect(await Promise.all(range(50).map(encode))).toEqual(range(50).map((item) => 2 * item));
    expect(reads).toBe(1);
  });

  it('goes on with narrow ones while the wide one is replaced, and counts that', async () => {
    await start(2, 2);
    await Promise.all(range(50).map(encode));
    await until(() => reads === 3);
    await Promise.all(range(50).map(encode));
    await encoder.worker.kill();
    expect(await Promise.all(range(50, 980).map(encode))).toEqual(range(50, 980).map((item) => 2 * item));
    await until(() => encoder.worker.ready);
    expect(encoder.restarts).toBe(1);
    expect(await encode(1000)).toBe(2000);
  });

  it('ends while narrow sessions start', async () => {
    await start(2, 2);
    await Promise.all(range(10).map(encode));
    await encoder.close();
    await expect(encode(1)).rejects.toMatchObject({ reason: 'DRAINING' });
  });
});
