import { readFileSync } from 'node:fs';
import { createEngine, type Engine } from '@triptych/engine';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoClip, demoModel, picture, speech } from '../../testing/harness.js';
import type { OpenInference } from '../open-inference.js';
import { findOipModel, oipModels } from '../models/oip-model.js';
import { RequestStatistics } from '../statistics/request-statistics.js';
import { bytesElements, bytesTensor } from '../tensors/bytes-tensor.js';
import type { InputTensor, Tensor } from '../tensors/tensor.js';
import { infer, type InferRequest } from './infer.js';
import type { ParameterValue } from './parameters.js';

let engine: Engine;
let oip: Pick<OpenInference, 'engine' | 'requests'>;
beforeAll(async () => {
  engine = await createEngine({ models: [demoModel, demoClip] });
  oip = { engine, requests: new RequestStatistics() };
}, 60_000);
afterAll(() => engine.close());

const names = () => oipModels(engine).map(({ name }) => name);
const [audio, image, text] = [0, 1, 2].map((i) => () => names()[i]);

interface Wanted {
  readonly parameters?: Record<string, ParameterValue>;
  readonly outputs?: readonly string[];
  readonly version?: string;
}

const ask = (model: string, inputs: readonly InputTensor[], wanted: Wanted = {}) => {
  const { parameters = {}, outputs = [], version = '' } = wanted;
  const request: InferRequest = {
    model,
    version,
    id: 'a',
    parameters: new Map(Object.entries(parameters)),
    inputs,
    outputs,
  };
  return infer(oip, request, {});
};

const output = (outputs: readonly Tensor[], name: string) => outputs.find((one) => one.name === name)!;
const texts = (...words: string[]) => bytesTensor('text', [words.length, 1], words);
const wav = readFileSync(new URL('../../../../../examples/speech/pizza-a.wav', import.meta.url));

describe('models of the Open Inference Protocol', () => {
  it('are the towers of the served models, by names that stand in a URL as they are', () => {
    const modality = (name: string) => name.slice(name.lastIndexOf('-') + 1);
    expect(names().map(modality)).toEqual(['audio', 'image', 'text']);
    for (const name of names()) expect(encodeURIComponent(name)).toBe(name);
  });

  it('are not found by another name or version', () => {
    expect(() => findOipModel(engine, 'clip')).toThrow(/no model "clip"; served are/);
    expect(() => findOipModel(engine, text(), '2')).toThrow(/version 2; it has version 1/);
    expect(findOipModel(engine, text(), '1').modality).toBe('text');
  });
});

describe('a request for inference', () => {
  it('of texts has the vectors of the engine, bit for bit', async () => {
    const words = ['a pizza', 'ein Käse ☃', ''];
    const { outputs } = await ask(text(), [texts(...words)]);
    const { results, stamp } = await engine.encodeTexts({ texts: words });
    const expected = Buffer.concat(
      results.map((result) => ('error' in result ? [] : result.embedding.bytes)).flat(),
    );
    expect(outputs.map(({ name }) => name)).toEqual(['embedding', 'space']);
    expect(Buffer.compare(output(outputs, 'embedding').data, expected)).toBe(0);
    expect(output(outputs, 'embedding').shape).toEqual([3, expected.length / 12]);
    const spaces = bytesElements(output(outputs, 'space'), 3).map((one) => Buffer.from(one).toString());
    expect(spaces).toEqual([stamp.space, stamp.space, stamp.space]);
  });

  it('of image files has the vectors of the engine', async () => {
    const files = ['pizza', 'sailboat'].map(picture);
    const { outputs } = await ask(image(), [bytesTensor('image', [2], files)]);
    const { results } = await engine.encodeImages({ images: files.map((encoded) => ({ encoded })) });
    const expected = results.flatMap((result) => ('error' in result ? [] : [result.embedding.bytes]));
    expect(Buffer.compare(output(outputs, 'embedding').data, Buffer.concat(expected))).toBe(0);
  });

  it('of pixels takes them as height, width and channels say', async () => {
    const pixels = Buffer.from(Array.from({ length: 2 * 20 * 30 * 3 }, (_, i) => i % 251));
    const { outputs } = await ask(image(), [
      { name: 'image', datatype: 'UINT8', shape: [2, 20, 30, 3], data: pixels },
    ]);
    const raw = { format: 'rgb', width: 30, height: 20, data: pixels.subarray(1800) };
    const { results } = await engine.encodeImages({ images: [{ raw }] });
    const [second] = results;
    const { data, shape } = output(outputs, 'embedding');
    expect(
      'error' in second ? undefined : Buffer.compare(data.subarray(data.length / 2), second.embedding.bytes),
    ).toBe(0);
    expect(shape[0]).toBe(2);
  });

  it('of audio files and of samples has the vectors of the engine, and spans', async () => {
    const pcm = speech('pizza-a');
    const samples = pcm.length / 2;
    const parameters = { context: 'trimmed' };
    const file = await ask(audio(), [bytesTensor('audio', [1, 1], [wav])], { parameters });
    const int16 = { name: 'audio', datatype: 'INT16', shape: [1, samples], data: pcm };
    const whole = await ask(audio(), [int16], { parameters });
    const raw = bytesTensor('audio', [1, 1], [pcm]);
    const bytes = await ask(audio(), [raw], { parameters: { ...parameters, encoding: 's16le' } });
    const format = { encoding: 's16le', sampleRateHz: 16_000 };
    const { results } = await engine.encodeAudio({ clips: [{ format, data: pcm }], context: 'trimmed' });
    const [first] = results;
    for (const { outputs } of [file, whole, bytes]) {
      expect(
        'error' in first
          ? undefined
          : Buffer.compare(output(outputs, 'embedding').data, first.embedding.bytes),
      ).toBe(0);
      const span = output(outputs, 'span');
      expect([...new BigInt64Array(new Uint8Array(span.data).buffer)]).toEqual([0n, BigInt(samples)]);
    }
  });

  it('fails of its first bad item, or says in `error` which are bad', async () => {
    const images = [bytesTensor('image', [2, 1], [picture('pizza'), Buffer.from('no image')])];
    await expect(ask(image(), images)).rejects.toMatchObject({
      reason: 'IMAGE_FORMAT_UNKNOWN',
      message: /item 1: /,
    });
    const { outputs } = await ask(image(), images, { outputs: ['error', 'embedding'] });
    expect(outputs.map(({ name }) => name)).toEqual(['error', 'embedding']);
    const errors = bytesElements(outputs[0], 2).map((one) => Buffer.from(one).toString());
    expect(errors).toEqual(['', expect.stringMatching(/^IMAGE_FORMAT_UNKNOWN: /)]);
    const values = new Float32Array(new Uint8Array(outputs[1].data).buffer);
    expect(values.subarray(0, values.length / 2).every(Number.isFinite)).toBe(true);
    expect(values.subarray(values.length / 2).every(Number.isNaN)).toBe(true);
  });

  it('cuts vectors and leaves them as long as they are, as its parameters say', async () => {
    const { outputs } = await ask(text(), [texts('a pizza')], {
      parameters: { dimensions: 8, normalize: false },
    });
    expect(output(outputs, 'embedding').shape).toEqual([1, 8]);
    const every = await ask(text(), [texts('a pizza')], { parameters: { pooling: 'none' } });
    expect(output(every.outputs, 'embedding').shape).toHaveLength(3);
  });

  it('counts what became of it', async () => {
    const before = oip.requests.of({ name: text(), version: '1' });
    const [success, fail, items] = [before.success.count, before.fail.count, before.items];
    await ask(text(), [texts('a', 'b')]);
    await expect(ask(text(), [])).rejects.toThrow();
    const after = oip.requests.of({ name: text(), version: '1' });
    expect([after.success.count - success, after.fail.count - fail, after.items - items]).toEqual([1, 1, 2]);
    expect(after.queue.count).toBe(after.success.count);
    expect(after.success.ns).toBeGreaterThan(0);
  });

  const t = (shape: number[], data: Uint8Array, datatype = 'BYTES', name = 'text') => ({
    name,
    datatype,
    shape,
    data,
  });
  it.each<[string, () => readonly InputTensor[], Wanted, string]>([
    ['without inputs', () => [], {}, 'TENSOR_UNEXPECTED'],
    ['of another input', () => [t([1], Buffer.alloc(4), 'BYTES', 'image')], {}, 'TENSOR_UNEXPECTED'],
    ['with two inputs', () => [texts('a'), texts('b')], {}, 'TENSOR_UNEXPECTED'],
    ['of another datatype', () => [t([1], Buffer.alloc(4), 'FP32')], {}, 'TENSOR_UNEXPECTED'],
    ['of two columns', () => [t([1, 2], Buffer.alloc(8))], {}, 'TENSOR_UNEXPECTED'],
    ['of no item', () => [t([0, 1], Buffer.alloc(0))], {}, 'BATCH_EMPTY'],
    ['of too many items', () => [t([4e6], Buffer.alloc(8))], {}, 'BATCH_TOO_LARGE'],
    ['of a negative shape', () => [t([-1], Buffer.alloc(8))], {}, 'TENSOR_MALFORMED'],
    ['of a shape beyond numbers', () => [t([2 ** 60, 1], Buffer.alloc(8))], {}, 'TENSOR_MALFORMED'],
    [
      'whose element is longer than its bytes',
      () => [t([1], Buffer.of(255, 255, 255, 255, 65))],
      {},
      'TENSOR_MALFORMED',
    ],
    ['whose bytes end in a length', () => [t([1], Buffer.of(1, 0))], {}, 'TENSOR_MALFORMED'],
    ['with bytes after its elements', () => [t([1], Buffer.of(0, 0, 0, 0, 0))], {}, 'TENSOR_MALFORMED'],
    [
      'with elements that its shape does not have',
      () => [{ ...texts('a'), data: [Buffer.of(65), Buffer.of(66)] }],
      {},
      'TENSOR_MALFORMED',
    ],
    [
      'with an unknown parameter',
      () => [texts('a')],
      { parameters: { poling: 'none' } },
      'PARAMETER_INVALID',
    ],
    [
      'with a parameter of another kind',
      () => [texts('a')],
      { parameters: { pooling: 1 } },
      'PARAMETER_INVALID',
    ],
    [
      'with a pooling that there is not',
      () => [texts('a')],
      { parameters: { pooling: 'sum' } },
      'POOLING_UNSUPPORTED',
    ],
    ['with a timeout that is none', () => [texts('a')], { parameters: { timeout: -1 } }, 'PARAMETER_INVALID'],
    ['for an output that there is not', () => [texts('a')], { outputs: ['logits'] }, 'TENSOR_UNEXPECTED'],
    ['that is not UTF-8', () => [bytesTensor('text', [1], [Buffer.of(0xff)])], {}, 'TEXT_NOT_UTF8'],
  ])('%s is refused with a reason', async (_, inputs, wanted, reason) => {
    await expect(ask(text(), inputs(), wanted)).rejects.toMatchObject({ reason });
  });

  it.each<[string, InputTensor, Wanted, string]>([
    ['channels last', t([1, 3, 8, 8], Buffer.alloc(192), 'UINT8', 'image'), {}, 'TENSOR_UNEXPECTED'],
    ['as many bytes as pixels', t([1, 8, 8, 3], Buffer.alloc(191), 'UINT8', 'image'), {}, 'TENSOR_MALFORMED'],
    ['pixels at all', t([1, 0, 8, 3], Buffer.alloc(0), 'UINT8', 'image'), {}, 'IMAGE_EMPTY'],
    [
      'no product beyond numbers',
      t([1, 2 ** 30, 2 ** 30, 3], Buffer.alloc(9), 'UINT8', 'image'),
      {},
      'TENSOR_MALFORMED',
    ],
  ])('of pixels needs %s', async (_, input, wanted, reason) => {
    await expect(ask(image(), [input], wanted)).rejects.toMatchObject({ reason });
  });

  it.each<[string, InputTensor, Wanted, string]>([
    [
      'parameters of live audio',
      t([1, 4], Buffer.alloc(16), 'FP32', 'audio'),
      { parameters: { hop_ms: 10 } },
      'PARAMETER_INVALID',
    ],
    [
      'an encoding beside samples',
      t([1, 4], Buffer.alloc(16), 'FP32', 'audio'),
      { parameters: { encoding: 's16le' } },
      'PARAMETER_INVALID',
    ],
    ['too few samples', t([1, 4], Buffer.alloc(16), 'FP32', 'audio'), {}, 'AUDIO_TOO_SHORT'],
    ['samples without a batch', t([4], Buffer.alloc(16), 'FP32', 'audio'), {}, 'TENSOR_UNEXPECTED'],
    ['too many channels', t([1, 4, 99], Buffer.alloc(1584), 'FP32', 'audio'), {}, 'AUDIO_CHANNELS'],
    [
      'a wrong sample rate',
      t([1, 4], Buffer.alloc(16), 'FP32', 'audio'),
      { parameters: { sample_rate: 1 } },
      'AUDIO_SAMPLE_RATE',
    ],
  ])('of audio is refused for %s', async (_, input, wanted, reason) => {
    await expect(ask(audio(), [input], wanted)).rejects.toMatchObject({ reason });
  });
});
