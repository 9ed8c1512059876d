import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listWeights, loadTensor } from '../load.js';
import { encodeSafetensors } from '../safetensors/encode.js';
import { convertFrom, openModel } from '../testing/layouts.js';

let work: string;
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'triptych-convert-'));
});
afterAll(() => rm(work, { recursive: true }));

const values = Float32Array.of(0.1, -2, 3e-6, 65504);
const tensor = (name: string) => ({ name, shape: [2, 2], values });
const config = { architectures: ['WhisperForConditionalGeneration'], model_type: 'whisper' };

async function checkpoint(files: Record<string, string | Uint8Array>): Promise<string> {
  const directory = await mkdtemp(join(work, 'hf-'));
  for (const [name, content] of Object.entries(files)) await writeFile(join(directory, name), content);
  return directory;
}

const single = () =>
  checkpoint({
    'config.json': JSON.stringify(config),
    'preprocessor_config.json': '{"n_fft": 400}',
    'model.safetensors': encodeSafetensors([tensor('model.encoder.a'), tensor('model.decoder.b')]),
  });

describe('convert', () => {
  it('writes a model directory with the encoder alone, under canonical names', async () => {
    const target = join(work, 'plain');
    const report = await convertFrom({
      source: await single(),
      target,
      dtype: 'float32',
      modelName: 'm',
      converterVersion: '1',
    });
    expect(report).toMatchObject({
      architecture: 'whisper-encoder',
      tensors: 1,
      parameters: 4,
      leftOut: ['model.decoder.b'],
    });
    const directory = await openModel(target);
    expect(directory.metadata).toMatchObject({
      model_name: 'm',
      num_weight_tensors: 1,
      total_parameters: 4,
      config,
    });
    expect(directory.preprocessor).toEqual({ n_fft: 400 });
    expect((await listWeights(join(target, 'weights.parquet'))).tensors).toEqual([
      { name: 'encoder.a', shape: [2, 2], dtype: 'float32', parameters: 4 },
    ]);
    expect([...(await loadTensor(join(target, 'weights.parquet'), 'encoder.a')).values]).toEqual([...values]);
  });

  it('says how far it is, to the end', async () => {
    const shares: number[] = [];
    await convertFrom(
      { source: await single(), target: join(work, 'watched'), dtype: 'float32', converterVersion: '1' },
      ({ doneBytes, totalBytes }) => shares.push(doneBytes / totalBytes),
    );
    await expect.poll(() => shares).toEqual([0.5, 1]);
  });

  it('rounds to float16 when asked', async () => {
    const target = join(work, 'half');
    await convertFrom({ source: await single(), target, dtype: 'float16', converterVersion: '1' });
    const { values: halves } = await loadTensor(join(target, 'weights.parquet'), 'encoder.a');
    expect([...halves]).toEqual([0.0999755859375, -2, 50 * 2 ** -24, 65504]);
  });

  it('refuses to make infinities of what float16 cannot hold, and keeps those that there are', async () => {
    const holding = (...values: number[]) =>
      checkpoint({
        'config.json': JSON.stringify(config),
        'model.safetensors': encodeSafetensors([
          { name: 'model.encoder.a', shape: [2, 2], values: Float32Array.from(values) },
        ]),
      });
    const convertTo = (name: string, source: string, dtype: 'float16' | 'float32') =>
      convertFrom({ source, target: join(work, name), dtype, converterVersion: '1' });
    const stored = async (name: string) => [
      ...(await loadTensor(join(work, name, 'weights.parquet'), 'encoder.a')).values,
    ];
    const source = await holding(0.5, 65_504, NaN, -70_000);
    const before = await readdir(work);
    await expect(convertTo('beyond', source, 'float16')).rejects.toMatchObject({
      reason: 'CONFIG_INVALID',
      message: `${join(source, 'model.safetensors')}: tensor model.encoder.a holds -70000, and float16 ends at 65504: convert the checkpoint with --dtype float32`,
    });
    expect(await readdir(work)).toEqual(before);
    await convertTo('beyond', source, 'float32');
    expect(await stored('beyond')).toEqual([0.5, 65_504, NaN, -70_000]);
    await convertTo('infinite', await holding(0.5, Infinity, NaN, -Infinity), 'float16');
    expect(await stored('infinite')).toEqual([0.5, Infinity, NaN, -Infinity]);
  });

  it('reads shards through their index', async () => {
    const source = await checkpoint({
      'config.json': JSON.stringify(config),
      'one.safetensors': encodeSafetensors([tensor('encoder.a')]),
      'two.safetensors': encodeSafetensors([tensor('encoder.b')]),
      'model.safetensors.index.json': JSON.stringify({
        weight_map: { 'encoder.a': 'one.safetensors', 'encoder.b': 'two.safetensors' },
      }),
    });
    const report = await convertFrom({
      source,
      target: join(work, 'sharded'),
      dtype: 'float32',
      converterVersion: '1',
    });
    expect(report.tensors).toBe(2);
  });

  it('leaves nothing behind when it fails, and says what was wrong', async () => {
    const whole = encodeSafetensors([tensor('encoder.a'), tensor('encoder.b')]);
    const truncated = await checkpoint({
      'config.json': JSON.stringify(config),
      'model.safetensors': whole.subarray(0, whole.length - 3),
    });
    const stranger = await checkpoint({
      'config.json': '{"architectures": ["BertModel"], "model_type": "bert"}',
      'model.safetensors': whole,
    });
    const before = await readdir(work);
    const target = join(work, 'never');
    const attempt = (source: string) =>
      convertFrom({ source, target, dtype: 'float32', converterVersion: '1' });
    await expect(attempt(truncated)).rejects.toMatchObject({
      reason: 'WEIGHTS_CORRUPT',
      message: expect.stringContaining('truncated') as string,
    });
    await expect(attempt(stranger)).rejects.toMatchObject({
      reason: 'ARCHITECTURE_UNKNOWN',
      message: expect.stringContaining('BertModel') as string,
    });
    await expect(attempt(join(work, 'absent'))).rejects.toMatchObject({ reason: 'WEIGHTS_MISSING' });
    expect(await readdir(work)).toEqual(before);
  });

  it('names the shard, the tensor, what was expected and what was found', async () => {
    const wide = { ...tensor('encoder.b'), shape: [4] };
    const source = await checkpoint({
      'config.json': JSON.stringify(config),
      'one.safetensors': encodeSafetensors([tensor('encoder.a')]),
      'two.safetensors': encodeSafetensors([wide]),
      'model.safetensors.index.json': JSON.stringify({
        weight_map: { 'encoder.a': 'one.safetensors', 'encoder.b': 'two.safetensors' },
      }),
    });
    const attempt = (...names: string[]) =>
      convertFrom({
        source,
        target: join(work, 'never'),
        dtype: 'float32',
        converterVersion: '1',
        required: new Map(names.map((name) => [name, [2, 2]])),
      });
    await expect(attempt('encoder.a', 'encoder.b')).rejects.toMatchObject({
      reason: 'TENSOR_SHAPE',
      message: `${join(source, 'two.safetensors')}: tensor encoder.b: expected shape [2, 2], found [4]`,
    });
    await expect(attempt('encoder.c')).rejects.toMatchObject({
      reason: 'TENSOR_MISSING',
      message: `${join(source, 'model.safetensors.index.json')}: tensor encoder.c is missing; expected shape [2, 2]`,
    });
  });

  it('names the shard of values that its header says something else of', async () => {
    const source = await single();
    const file = join(source, 'model.safetensors');
    const bytes = await readFile(file);
    await writeFile(file, bytes.toString('latin1').replace('"F32"', '"I8" '), 'latin1');
    await expect(
      convertFrom({ source, target: join(work, 'never'), dtype: 'float32', converterVersion: '1' }),
    ).rejects.toMatchObject({
      reason: 'TENSOR_SHAPE',
      message: `${file}: tensor model.encoder.a: shape [2, 2] of int8 needs 4 bytes, found 16`,
    });
  });

  it('never overwrites', async () => {
    const target = await mkdtemp(join(work, 'taken-'));
    await expect(
      convertFrom({ source: await single(), target, dtype: 'float32', converterVersion: '1' }),
    ).rejects.toMatchObject({
      reason: 'OUTPUT_EXISTS',
    });
  });
});
