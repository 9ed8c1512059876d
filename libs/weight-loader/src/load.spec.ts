import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listWeights, loadTensor } from './load.js';
import { openModel } from './testing/layouts.js';

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));
const demo = fileURLToPath(new URL('../../../models/demo/whisper', import.meta.url));
let work: string;

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'triptych-weights-'));
});
afterAll(() => rm(work, { recursive: true }));

/** A model directory around a weights file that pyarrow wrote. */
async function directoryOf(file: string, tensors: number, parameters: number): Promise<string> {
  const directory = await mkdtemp(join(work, 'model-'));
  await cp(fixture(file), join(directory, 'weights.parquet'));
  const metadata = {
    model_name: 'arrow-engine',
    model_type: 'whisper',
    architecture: 'WhisperModel',
    config: {},
    total_parameters: parameters,
    num_weight_tensors: tensors,
    parquet_file: 'weights.parquet',
  };
  await writeFile(join(directory, 'metadata.json'), JSON.stringify(metadata));
  return directory;
}

/** All of a model directory, and what it is. */
async function loadAll(path: string) {
  const directory = await openModel(path);
  const loaded = await directory.load();
  return { ...loaded, ...(await directory.identify([loaded])) };
}

describe('a V1 file as the Python ArrowEngine writes it', () => {
  it('loads, with its names made canonical and its halves upcast', async () => {
    const { weights, weightType } = await loadAll(await directoryOf('arrow-engine.parquet', 2, 28));
    expect([...weights.tensors.keys()]).toEqual([
      'encoder.embed_positions.weight',
      'encoder.layer_norm.weight',
    ]);
    expect(weightType).toBe('float16');
    const { part, byteOffset, shape } = weights.tensors.get('encoder.layer_norm.weight')!;
    expect(shape).toEqual([4]);
    expect([...new Float32Array(weights.parts[part], byteOffset, 4)]).toEqual([-2, -1.875, -1.75, -1.625]);
  });

  it('has one fingerprint, however it is ordered, grouped and compressed', async () => {
    const load = async (file: string) => loadAll(await directoryOf(file, 2, 28));
    const [a, b] = await Promise.all(['arrow-engine.parquet', 'arrow-engine-regrouped.parquet'].map(load));
    expect(a.fingerprint).toMatch(/^[0-9a-f]{64}$/);
    expect(b.fingerprint).toBe(a.fingerprint);
    expect(b.weights.parts).toHaveLength(1);
  });

  it('loads in parts, which together are the whole', async () => {
    const path = await directoryOf('arrow-engine-regrouped.parquet', 2, 28);
    const directory = await openModel(path);
    const parts = await Promise.all([directory.load(/positions/), directory.load(/layer_norm/)]);
    expect(parts.map((part) => [...part.tensors.keys()])).toEqual([
      ['encoder.embed_positions.weight'],
      ['encoder.layer_norm.weight'],
    ]);
    expect(await directory.identify(parts)).toEqual({
      fingerprint: (await loadAll(path)).fingerprint,
      weightType: 'float16',
    });
    await expect(directory.identify(parts.slice(1))).rejects.toThrow(/1 tensors with 4 parameters/);
  });

  it('is upcast exactly through the whole path, all 65 536 halves', async () => {
    const { shape, values } = await loadTensor(fixture('every-half.parquet'), 'w');
    expect(shape).toEqual([256, 256]);
    expect([values[0x0001], values[0x03ff], values[0x7bff], values[0xfc00]]).toEqual([
      2 ** -24,
      1023 * 2 ** -24,
      65504,
      -Infinity,
    ]);
    expect(values[0x7e01]).toBeNaN();
  });
});

describe('a V2 file', () => {
  it('is told by its columns, and lists without its data', async () => {
    const { version, tensors } = await listWeights(fixture('v2.parquet'));
    expect(version).toBe('V2');
    expect(tensors.map((t) => [t.name, t.dtype, t.parameters])).toEqual([
      ['float', 'float32', 6],
      ['brain', 'bfloat16', 15],
      ['per_tensor', 'int8', 12],
      ['per_channel', 'int8', 12],
      ['per_group', 'int8', 12],
    ]);
  });

  it('gives int8 back as (value − zero point) × scale, a tensor, channel or group at a time', async () => {
    const [tensor, channel, group] = await Promise.all(
      ['per_tensor', 'per_channel', 'per_group'].map((name) => loadTensor(fixture('v2.parquet'), name)),
    );
    expect([...tensor.values].every((v) => Number.isInteger(v * 2))).toBe(true);
    const steps = [0.1, 0.2, 0.3].map(Math.fround);
    channel.values.forEach((v, i) =>
      expect(v / steps[Math.floor(i / 4)]).toBeCloseTo(Math.round(v / steps[Math.floor(i / 4)]), 4),
    );
    const [scales, zeros] = [[0.1, 0.2, 0.3, 0.4].map(Math.fround), [0, 1, 2, 3]];
    group.values.forEach((v, i) => {
      const s = Math.floor(i / 3);
      expect(v / scales[s] + zeros[s]).toBeCloseTo(Math.round(v / scales[s] + zeros[s]), 4);
    });
  });

  it('upcasts bfloat16', async () => {
    const { values } = await loadTensor(fixture('v2.parquet'), 'brain');
    expect([...values.slice(0, 3)]).toEqual([-2, -1.875, -1.75]);
  });
});

describe('what is wrong with a model is said by file and tensor', () => {
  it.each([
    ['no-data-column.parquet', 'WEIGHTS_SCHEMA', /columns data are missing/],
    ['unknown-dtype.parquet', 'TENSOR_DTYPE', /^\S+\/weights\.parquet: tensor w: dtype "torch.complex64"/],
    [
      'arrow-engine.parquet',
      'WEIGHTS_CORRUPT',
      /2 tensors with 28 parameters; metadata.json promises 3 with 99/,
    ],
  ])('%s: %s', async (file, reason, message) => {
    await expect(loadAll(await directoryOf(file, 3, 99))).rejects.toMatchObject({
      reason,
      message: expect.stringMatching(message) as string,
    });
  });

  it('a missing directory, tensor and architecture', async () => {
    await expect(openModel(join(work, 'nowhere'))).rejects.toMatchObject({
      reason: 'WEIGHTS_MISSING',
    });
    await expect(loadTensor(fixture('v2.parquet'), 'absent')).rejects.toMatchObject({
      reason: 'TENSOR_MISSING',
    });
    const directory = await directoryOf('v2.parquet', 5, 57);
    const path = join(directory, 'metadata.json');
    await writeFile(
      path,
      (await readFile(path, 'utf8')).replace('"whisper"', '"bert"').replace('WhisperModel', 'BertModel'),
    );
    await expect(openModel(directory)).rejects.toMatchObject({ reason: 'ARCHITECTURE_UNKNOWN' });
  });

  it('a weights file that was cut anywhere is refused, and loads never hang', async () => {
    const bytes = await readFile(join(demo, 'weights.parquet'));
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: bytes.length - 1 }), async (length) => {
        const path = join(work, 'cut.parquet');
        await writeFile(path, bytes.subarray(0, length));
        await expect(loadTensor(path, 'encoder.conv1.bias')).rejects.toMatchObject({ code: 'bad-weights' });
      }),
      { numRuns: 10 },
    );
  });

  it('another configuration than was converted is refused, however small the change', async () => {
    const directory = join(work, 'edited');
    await cp(demo, directory, { recursive: true });
    const path = join(directory, 'metadata.json');
    const text = await readFile(path, 'utf8');
    await writeFile(
      path,
      text.replace('"activation_function": "gelu"', '"activation_function": "quick_gelu"'),
    );
    await expect(loadAll(directory)).rejects.toMatchObject({
      reason: 'WEIGHTS_CORRUPT',
      message: expect.stringMatching(/metadata\.json has [0-9a-f]{64} from its conversion/) as string,
    });
    await writeFile(path, text.replace(/ *"fingerprint": .*\n/, ''));
    expect((await loadAll(directory)).fingerprint).toBe((await loadAll(demo)).fingerprint);
  });

  it('a file beside a model that its encoders never read changes nothing', async () => {
    const directory = join(work, 'beside');
    await cp(demo, directory, { recursive: true });
    await writeFile(join(directory, 'tokenizer.json'), '{}');
    expect((await loadAll(directory)).fingerprint).toBe((await loadAll(demo)).fingerprint);
  });

  it('a flipped byte is refused, or has changed no weight', async () => {
    const directory = join(work, 'flipped');
    await cp(demo, directory, { recursive: true });
    const original = await loadAll(demo);
    const bytes = await readFile(join(demo, 'weights.parquet'));
    const place = fc.integer({ min: 4, max: bytes.length - 2000 });
    await fc.assert(
      fc.asyncProperty(place, fc.integer({ min: 1, max: 255 }), async (at, mask) => {
        const flipped = Buffer.from(bytes);
        flipped[at] ^= mask;
        await writeFile(join(directory, 'weights.parquet'), flipped);
        const outcome = await loadAll(directory).catch((error: { code: string }) => error.code);
        if (typeof outcome === 'string') return outcome === 'bad-weights';
        // Some bytes of a Parquet file, in the headers of its pages, mean nothing to a reader.
        return outcome.weights.parts.every((part, i) =>
          Buffer.from(part).equals(Buffer.from(original.weights.parts[i])),
        );
      }),
      { numRuns: 10, examples: [[4, 1]] },
    );
  });
});
