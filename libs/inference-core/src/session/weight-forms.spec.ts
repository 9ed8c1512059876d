import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type DType,
  type Isolation,
  upcastBfloat16,
  upcastFloat16,
  type WeightPart,
  type WeightSet,
} from '@triptych/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GraphBuilder } from '../onnx/graph-builder.js';
import { InferenceWorker } from './inference-worker.js';

let work: string;
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'triptych-forms-'));
});
afterAll(() => rm(work, { recursive: true }));

/** Every half there is; of bfloat16, too. */
const halves = Uint16Array.from({ length: 65_536 }, (_, i) => i);
const shape = [256, 256];
const floats = (upcast: (from: Uint16Array, to: Float32Array) => void) => {
  const values = new Float32Array(halves.length);
  upcast(halves, values);
  return values;
};
const stored: Partial<Record<DType, { readonly bytes: Uint8Array; readonly values: Float32Array }>> = {
  float16: { bytes: new Uint8Array(halves.buffer), values: floats(upcastFloat16) },
  bfloat16: { bytes: new Uint8Array(halves.buffer), values: floats(upcastBfloat16) },
  float32: { bytes: new Uint8Array(floats(upcastFloat16).buffer), values: floats(upcastFloat16) },
};

/** Gives a weight as it is, and rows of a table. */
function graph() {
  const g = new GraphBuilder('forms');
  const rows = g.input('rows', 'int64', ['batch', 'rows']);
  const weight = g.op('Unsqueeze', [g.weight('w', [65_536], shape), g.ints([0])]);
  g.output('weight', weight, 'float32', [1, ...shape]);
  g.output('table', g.lookup('t', shape, rows), 'float32', ['batch', 'rows', 256]);
  return g.build();
}

async function weightsOf(type: DType, place: 'memory' | 'file'): Promise<WeightSet> {
  const { bytes } = stored[type]!;
  const path = join(work, `${type}.bin`);
  // Not at a multiple of anything.
  const byteOffset = place === 'file' ? 13 : 0;
  if (place === 'file') await writeFile(path, Buffer.concat([Buffer.alloc(byteOffset), bytes]));
  const part: WeightPart = place === 'file' ? path : new Uint8Array(bytes).buffer;
  const tensor = { storedAs: type, type, part: 0, byteOffset, byteLength: bytes.byteLength };
  return {
    tensors: new Map([
      ['w', { ...tensor, shape: [65_536] }],
      ['t', { ...tensor, shape }],
    ]),
    parts: [part],
  };
}

const form = { normalize: false, dimensions: 0, numbers: 'float32' } as const;
const types: DType[] = ['float16', 'bfloat16', 'float32'];
const places = ['memory', 'file'] as const;
const isolations: Isolation[] = ['thread', 'process'];

describe('weights come to a session as they are stored', () => {
  it.each(
    types.flatMap((type) => places.flatMap((place) => isolations.map((i) => [type, place, i] as const))),
  )('%s from %s, in a %s: upcast exactly, every value of it', async (type, place, isolation) => {
    const set = () => weightsOf(type, place);
    const worker = await InferenceWorker.start({ name: 'forms', isolation, threads: 1, graph, weights: set });
    const { embeddings } = await worker.run({
      feeds: { rows: { type: 'int64', dims: [1, 2], data: BigInt64Array.of(255n, 3n).buffer } },
      rows: ['weight', 'table'].map((output) => ({ output, item: 0, form })),
    });
    const { values } = stored[type]!;
    const [weight, table] = embeddings.map(({ bytes }) => new Float32Array(bytes.slice().buffer));
    expect(weight).toEqual(values);
    expect(table).toEqual(Float32Array.of(...values.subarray(255 * 256), ...values.subarray(768, 1024)));
    if (process.platform === 'linux' && isolation === 'thread')
      expect(await readFile('/proc/self/maps', 'utf8')).not.toContain(work);
    await worker.close();
  });

  it('a worker does not start from a file that turns out to be another', async () => {
    const reason = new Error('another');
    const weights = async () => ({
      ...(await weightsOf('float16', 'file')),
      checked: Promise.reject(reason),
    });
    await expect(InferenceWorker.start({ name: 'forms', threads: 1, graph, weights })).rejects.toBe(reason);
  });

  it('a worker does not start from a file that was replaced meanwhile', async () => {
    const reason = new Error('replaced');
    const weights = async () => ({
      ...(await weightsOf('float16', 'file')),
      checkPlace: () => Promise.reject(reason),
    });
    await expect(InferenceWorker.start({ name: 'forms', threads: 1, graph, weights })).rejects.toBe(reason);
  });

  it('a file that ends within a weight is refused', async () => {
    const set = await weightsOf('float16', 'file');
    await writeFile(join(work, 'float16.bin'), new Uint8Array(100));
    const start = InferenceWorker.start({
      name: 'f',
      threads: 1,
      graph,
      weights: () => Promise.resolve(set),
    });
    await expect(start).rejects.toMatchObject({ reason: 'WEIGHTS_CORRUPT' });
  });
});
