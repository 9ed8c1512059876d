import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Metadata, status } from '@grpc/grpc-js';
import { AudioContext, AudioEncoding, readEmbedding } from '@triptych/client';
import { decodeStatus, type ModelInferResponse } from '@triptych/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tokenHash } from '../../security/token-file.js';
import {
  demoClip,
  demoModel,
  picture,
  serveDemo,
  speech,
  streamAll,
  type TestServer,
  vectorOf,
  windowsOf,
} from '../../testing/harness.js';
import {
  askAll,
  connectInference,
  type InferenceClient,
  rawBytes,
  type StreamAnswer,
} from '../testing/inference-client.js';

const [audio, image, text] = ['demo-whisper-audio', 'demo-clip-image', 'demo-clip-text'];
let test: TestServer;
let client: InferenceClient;
beforeAll(async () => {
  test = await serveDemo({ models: [demoModel, demoClip] });
  client = connectInference(test.server.address);
});
afterAll(() => {
  client.close();
  return test.close();
});

type Answer = Required<ModelInferResponse>;

const infer = (request: object) => client.call<Answer>('ModelInfer', request);
const texts = (...words: string[]) => ({
  modelName: text,
  inputs: [{ name: 'text', datatype: 'BYTES', shape: [words.length, 1] }],
  rawInputContents: [rawBytes(...words)],
});
const images = (...files: Uint8Array[]) => ({
  modelName: image,
  inputs: [{ name: 'image', datatype: 'BYTES', shape: [files.length, 1] }],
  rawInputContents: [rawBytes(...files)],
});
const vectors = ({ outputs, rawOutputContents }: Pick<Answer, 'outputs' | 'rawOutputContents'>) =>
  rawOutputContents[outputs.findIndex(({ name }) => name === 'embedding')] as Buffer;
const bytesOf = (...items: Parameters<typeof vectorOf>[0][]) =>
  Buffer.concat(items.map((item) => Buffer.from(new Uint8Array(vectorOf(item).slice().buffer))));

describe('the Open Inference Protocol over gRPC', () => {
  it('says what is served', async () => {
    expect(await client.call('ServerLive', {})).toEqual({ live: true });
    expect(await client.call('ServerReady', {})).toEqual({ ready: true });
    expect(await client.call('ModelReady', { name: text })).toEqual({ ready: true });
    expect(await client.call('ModelReady', { name: text, version: '2' })).toEqual({ ready: false });
    expect(await client.call('ModelReady', { name: 'other' })).toEqual({ ready: false });
    expect(await client.call('ServerMetadata', {})).toMatchObject({ name: 'triptych' });
    const { models } = await client.call<{ models: { name: string }[] }>('RepositoryIndex', {});
    expect(models.map(({ name }) => name)).toEqual([audio, image, text]);
    for (const { name } of models) {
      const metadata = await client.call<{ inputs: { shape: number[] }[] }>('ModelMetadata', { name });
      const { config } = await client.call<{ config: { input: { dims: number[] }[]; maxBatchSize: number } }>(
        'ModelConfig',
        { name },
      );
      expect(metadata.inputs[0].shape).toEqual([-1, ...config.input[0].dims]);
      expect(config.maxBatchSize).toBeGreaterThan(1);
    }
  });

  it('gives the vectors of triptych.v1, bit for bit', async () => {
    const words = ['a pizza', '☃', ''];
    const files = ['pizza', 'volcano'].map(picture);
    const pcm = Buffer.from(speech('pizza-a'));
    const format = { encoding: AudioEncoding.AUDIO_ENCODING_PCM_S16LE, sampleRateHz: 16_000 };
    const clips = [{ format, data: pcm }];
    const [t, i, a] = await Promise.all([
      test.client.encodeTexts({ texts: words }),
      test.client.encodeImages({ images: files.map((encoded) => ({ encoded })) }),
      test.client.encodeAudio({ clips, context: AudioContext.AUDIO_CONTEXT_TRIMMED }),
    ]);
    expect(vectors(await infer(texts(...words)))).toEqual(bytesOf(...t.results));
    expect(vectors(await infer(images(...files)))).toEqual(bytesOf(...i.results));
    const inputs = [{ name: 'audio', datatype: 'INT16', shape: [1, pcm.length / 2] }];
    const parameters = { context: { stringParam: 'trimmed' } };
    const answer = await infer({ modelName: audio, id: 'x', parameters, inputs, rawInputContents: [pcm] });
    expect(vectors(answer)).toEqual(bytesOf(...a.results));
    expect(answer).toMatchObject({ modelName: audio, modelVersion: '1', id: 'x' });
  });

  it('takes typed contents as it takes raw ones', async () => {
    const raw = vectors(await infer(texts('a', 'b')));
    const bytesContents = [Buffer.from('a'), Buffer.from('b')];
    const inputs = [{ name: 'text', datatype: 'BYTES', shape: [2], contents: { bytesContents } }];
    expect(vectors(await infer({ modelName: text, inputs }))).toEqual(raw);
    const pixels = Buffer.from(Array.from({ length: 8 * 8 * 3 }, (_, i) => (i * 37) % 256));
    const shape = [1, 8, 8, 3];
    const varints = Buffer.concat(
      Array.from(pixels, (p) => Buffer.from(p > 127 ? [(p & 127) | 128, 1] : [p])),
    );
    const typed = [{ name: 'image', datatype: 'UINT8', shape, contents: { uintContents: [varints] } }];
    const head = [{ name: 'image', datatype: 'UINT8', shape }];
    expect(vectors(await infer({ modelName: image, inputs: typed }))).toEqual(
      vectors(await infer({ modelName: image, inputs: head, rawInputContents: [pixels] })),
    );
    const samples = new Int16Array(new Uint8Array(speech('pizza-a').subarray(0, 6400)).buffer);
    const signed = Buffer.concat(Array.from(samples, (value) => varint(BigInt.asUintN(64, BigInt(value)))));
    const live = (input: object, rawInputContents: Buffer[] = []) =>
      infer({ modelName: audio, inputs: [{ name: 'audio', shape: [1, 3200], ...input }], rawInputContents });
    const expected = vectors(await live({ datatype: 'INT16' }, [Buffer.from(samples.buffer)]));
    expect(vectors(await live({ datatype: 'INT16', contents: { intContents: [signed] } }))).toEqual(expected);
    const floats = Buffer.from(Float32Array.from(samples, (value) => value / 32768).buffer);
    const halves = [floats.subarray(0, 4000), floats.subarray(4000)];
    expect(vectors(await live({ datatype: 'FP32', contents: { fp32Contents: halves } }))).toEqual(expected);
  });

  it.each<[string, () => object, status, string]>([
    ['an unknown model', () => ({ ...texts('a'), modelName: 'x' }), status.NOT_FOUND, 'MODEL_NOT_FOUND'],
    ['an unknown version', () => ({ ...texts('a'), modelVersion: '7' }), status.NOT_FOUND, 'MODEL_NOT_FOUND'],
    [
      'raw contents that are missing',
      () => ({ ...texts('a'), rawInputContents: [] }),
      status.INVALID_ARGUMENT,
      'TENSOR_MALFORMED',
    ],
    [
      'raw contents too many',
      () => ({ ...texts('a'), rawInputContents: [rawBytes('a'), rawBytes('a')] }),
      status.INVALID_ARGUMENT,
      'TENSOR_MALFORMED',
    ],
    [
      'both kinds of contents',
      () => ({
        modelName: text,
        inputs: [
          { name: 'text', datatype: 'BYTES', shape: [1], contents: { bytesContents: [Buffer.of(65)] } },
        ],
        rawInputContents: [rawBytes('a')],
      }),
      status.INVALID_ARGUMENT,
      'TENSOR_MALFORMED',
    ],
    [
      'a number that does not end',
      () => ({
        modelName: image,
        inputs: [
          {
            name: 'image',
            datatype: 'UINT8',
            shape: [1, 1, 1, 1],
            contents: { uintContents: [Buffer.of(200)] },
          },
        ],
      }),
      status.INVALID_ARGUMENT,
      'TENSOR_MALFORMED',
    ],
    [
      'a byte of 256',
      () => ({
        modelName: image,
        inputs: [
          {
            name: 'image',
            datatype: 'UINT8',
            shape: [1, 1, 1, 1],
            contents: { uintContents: [Buffer.of(128, 2)] },
          },
        ],
      }),
      status.INVALID_ARGUMENT,
      'TENSOR_MALFORMED',
    ],
    [
      'four million bytes one by one',
      () => ({
        modelName: image,
        inputs: [
          {
            name: 'image',
            datatype: 'UINT8',
            shape: [1, 2000, 2000, 1],
            contents: { uintContents: [Buffer.alloc(100)] },
          },
        ],
      }),
      status.RESOURCE_EXHAUSTED,
      'BATCH_TOO_LARGE',
    ],
    [
      'shared memory',
      () => ({
        modelName: text,
        inputs: [
          {
            name: 'text',
            datatype: 'BYTES',
            shape: [1],
            parameters: { shared_memory_region: { stringParam: 'r' } },
          },
        ],
      }),
      status.UNIMPLEMENTED,
      'NOT_IMPLEMENTED',
    ],
    [
      'a parameter without a value',
      () => ({ ...texts('a'), parameters: { pooling: {} } }),
      status.INVALID_ARGUMENT,
      'PARAMETER_INVALID',
    ],
    [
      'a sequence',
      () => ({ modelName: audio, parameters: { sequence_id: { int64Param: 1 } } }),
      status.INVALID_ARGUMENT,
      'SEQUENCE_INVALID',
    ],
    [
      'more tensors than any model has',
      () => ({ ...texts('a'), inputs: Array(17).fill({}) }),
      status.RESOURCE_EXHAUSTED,
      'BATCH_TOO_LARGE',
    ],
    [
      'a bad item among others',
      () => images(picture('pizza'), Buffer.from('x')),
      status.INVALID_ARGUMENT,
      'IMAGE_FORMAT_UNKNOWN',
    ],
  ])(
    'refuses %s with a status, and our reason in its message and its trailers',
    async (_, request, code, reason) => {
      const error = await infer(request()).then(
        () => undefined,
        (thrown: { code: number; details: string; metadata: Metadata }) => thrown,
      );
      expect(error?.code).toBe(code);
      expect(decodeStatus(error!.metadata.get('grpc-status-details-bin')[0] as Buffer)?.reason).toBe(reason);
      // What is counted on the wire is refused before anything is known of it.
      if (reason !== 'BATCH_TOO_LARGE') expect(error?.details).toMatch(new RegExp(`^${reason}: `));
    },
  );

  it('counts requests, items and batches', async () => {
    type Statistics = {
      modelStats: {
        inferenceCount: number;
        executionCount: number;
        inferenceStats: Record<string, { count: number; ns: number }>;
      }[];
    };
    const ask = async () => (await client.call<Statistics>('ModelStatistics', { name: text })).modelStats[0];
    const before = await ask();
    await infer(texts('a', 'b', 'c'));
    await infer(texts(...Array<string>(300).fill('a'))).catch(() => undefined);
    await test.client.encodeTexts({ texts: ['d'] });
    const after = await ask();
    expect(after.inferenceCount - before.inferenceCount).toBe(4);
    expect(after.executionCount).toBeGreaterThan(before.executionCount);
    const counts = (name: string) => after.inferenceStats[name].count - before.inferenceStats[name].count;
    expect(['success', 'fail', 'queue', 'computeInput', 'computeInfer', 'computeOutput'].map(counts)).toEqual(
      [1, 1, 1, 1, 1, 1],
    );
    const all = await client.call<{ modelStats: unknown[] }>('ModelStatistics', {});
    expect(all.modelStats).toHaveLength(3);
  });

  it('lets in by token and method', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'triptych-oip-'));
    const tokens = join(folder, 'tokens.json');
    const methods = ['/inference.GRPCInferenceService/ModelInfer'];
    await writeFile(
      tokens,
      JSON.stringify({ tokens: [{ name: 'a', sha256: tokenHash('secret'), methods }] }),
    );
    const guarded = await serveDemo({ models: [demoClip], tokens });
    const over = connectInference(guarded.server.address);
    try {
      const bearer = new Metadata();
      bearer.set('authorization', 'Bearer secret');
      await expect(over.call('ModelInfer', texts('a'))).rejects.toMatchObject({
        code: status.UNAUTHENTICATED,
      });
      await expect(over.call('ServerMetadata', {}, bearer)).rejects.toMatchObject({
        code: status.PERMISSION_DENIED,
      });
      expect(vectors(await over.call<Answer>('ModelInfer', texts('a'), bearer))).toHaveLength(512);
    } finally {
      over.close();
      await guarded.close();
      await rm(folder, { recursive: true });
    }
  });
});

describe('the repository', () => {
  it('is changed by nobody, unless the server is started so', async () => {
    for (const method of ['RepositoryModelLoad', 'RepositoryModelUnload'])
      await expect(client.call(method, { modelName: text })).rejects.toMatchObject({
        code: status.PERMISSION_DENIED,
      });
  });

  it('unloads and loads models by their own names, by those of their towers, and from below a root', async () => {
    const root = join(demoClip, '..');
    const open = await serveDemo({ models: [demoModel, demoClip], modelControl: true, modelRoots: [root] });
    const over = connectInference(open.server.address);
    const isReady = (name: string) => over.call('ModelReady', { name });
    const states = async () => {
      const { models } = await over.call<{ models: { name: string; state: string }[] }>(
        'RepositoryIndex',
        {},
      );
      return Object.fromEntries(models.map(({ name, state }) => [name, state]));
    };
    try {
      await over.call('RepositoryModelUnload', { modelName: image });
      expect(await isReady(text)).toEqual({ ready: false });
      await expect(over.call('ModelInfer', texts('a'))).rejects.toMatchObject({ code: status.NOT_FOUND });
      await expect
        .poll(states, { timeout: 10_000 })
        .toMatchObject({ [text]: 'UNAVAILABLE', [audio]: 'READY' });
      // As KServe's copy of the message has the name.
      await over.call('RepositoryModelLoad', { repositoryName: 'demo-clip' });
      expect(await isReady(text)).toEqual({ ready: true });
      expect(vectors(await over.call<Answer>('ModelInfer', texts('a')))).toEqual(
        vectors(await infer(texts('a'))),
      );
      await over.call('RepositoryModelLoad', { modelName: 'clip' });
      const again = { ...texts('a'), modelName: 'clip-text' };
      expect(vectors(await over.call<Answer>('ModelInfer', again))).toEqual(vectors(await infer(texts('a'))));
      for (const request of [
        { modelName: '../outside' },
        { modelName: 'none' },
        { modelName: 'clip', repositoryName: 'x' },
        { modelName: 'clip', parameters: { config: { stringParam: '{}' } } },
      ])
        await expect(over.call('RepositoryModelLoad', request)).rejects.toMatchObject({
          code: status.INVALID_ARGUMENT,
        });
      await expect(over.call('RepositoryModelUnload', { modelName: 'x' })).rejects.toMatchObject({
        code: status.NOT_FOUND,
      });
    } finally {
      over.close();
      await open.close();
    }
  });
});

describe('a stream of requests', () => {
  const pcm = Buffer.from(speech('pizza-a'));
  const part = (bytes: Buffer, sequence: object, more: object = {}) => ({
    modelName: audio,
    inputs: [{ name: 'audio', datatype: 'INT16', shape: [1, bytes.length / 2] }],
    rawInputContents: [bytes],
    parameters: { sequence_id: { int64Param: 5 }, ...sequence, ...more },
  });
  const start = { sequence_start: { boolParam: true } };
  const end = { sequence_end: { boolParam: true } };
  const wanted = {
    window_ms: { int64Param: 500 },
    hop_ms: { int64Param: 250 },
    context: { stringParam: 'trimmed' },
  };
  const emptyToo = { triton_enable_empty_final_response: { boolParam: true } };
  const isFinal = ({ inferResponse }: StreamAnswer) =>
    inferResponse?.parameters['triton_final_response'].boolParam;
  const cut = (bytes: number) =>
    Array.from({ length: Math.ceil(pcm.length / bytes) }, (_, i) => pcm.subarray(i * bytes, (i + 1) * bytes));
  /** The recording as one sequence. */
  const whole = (bytes: number, more: object = {}) => {
    const parts = cut(bytes);
    return parts.map((one, i) => ({
      ...part(
        one,
        { ...(i === 0 ? { ...start, ...wanted } : {}), ...(i === parts.length - 1 ? end : {}) },
        more,
      ),
      id: `r${i}`,
    }));
  };

  it('of live audio gives the windows of EncodeStream, bit for bit, each an answer of the request that completed it', async () => {
    const config = {
      format: { encoding: AudioEncoding.AUDIO_ENCODING_PCM_S16LE, sampleRateHz: 16_000 },
      windowMs: 500,
      hopMs: 250,
      context: AudioContext.AUDIO_CONTEXT_TRIMMED,
    };
    const windows = windowsOf(await streamAll(test.client, config, pcm, [3000]));
    const answers = await askAll(client.stream(), whole(3000));
    expect(answers.map(({ errorMessage }) => errorMessage).join('')).toBe('');
    const given = answers.map(({ inferResponse }) => inferResponse!);
    expect(given.map(vectors)).toEqual(
      windows.map((window) =>
        Buffer.from(new Uint8Array(readEmbedding(window.embedding!).values.slice().buffer)),
      ),
    );
    const spans = given.map(({ rawOutputContents }) => rawOutputContents[2] as Buffer);
    expect(spans.map((span) => [Number(span.readBigInt64LE(0)), Number(span.readBigInt64LE(8))])).toEqual(
      windows.map(({ startSample, endSample }) => [startSample, endSample]),
    );
    expect(given.map(({ id }) => id)).toEqual(windows.map(({ lastSequence }) => `r${lastSequence}`));
  });

  it('says once of every request that it is answered, where that is asked for', async () => {
    const requests = whole(3000, emptyToo);
    const answers = await askAll(client.stream(), requests);
    const last = new Map(answers.map((answer) => [answer.inferResponse!.id, answer]));
    expect([...last.keys()].sort()).toEqual(requests.map(({ id }) => id).sort());
    expect([...last.values()].every(isFinal)).toBe(true);
    expect(answers.filter(isFinal)).toHaveLength(requests.length);
  });

  it('answers every request of a sequence that the client does not end, without what would come at its end', async () => {
    const requests = whole(3000, emptyToo).slice(0, -1);
    const answers = await askAll(client.stream(), requests);
    expect(answers.filter(isFinal).map(({ inferResponse }) => inferResponse!.id)).toEqual(
      requests.map(({ id }) => id),
    );
    const partial = answers.filter(({ inferResponse }) => inferResponse!.parameters['partial']?.boolParam);
    expect(partial).toHaveLength(0);
    expect(answers.filter(({ inferResponse }) => inferResponse!.outputs.length > 0).length).toBeGreaterThan(
      1,
    );
  });

  it('ends where nothing comes of a sequence for as long as the server waits', async () => {
    const short = await serveDemo({ idleMs: 1000 });
    const over = connectInference(short.server.address);
    try {
      const open = over.stream();
      const ended = new Promise<{ code: number; details: string }>((resolve) =>
        open.once('error', (error) => resolve(error as never)),
      );
      open.resume();
      open.write(part(pcm.subarray(0, 3200), start));
      expect(await ended).toMatchObject({
        code: status.UNAVAILABLE,
        details: expect.stringMatching(/^CALL_IDLE: /) as string,
      });
    } finally {
      over.close();
      await short.close();
    }
  });

  it('answers an error in the place of a request, and goes on', async () => {
    const requests = [
      { ...images(Buffer.from('no image')), id: 'bad' },
      { ...texts('a'), id: 'good' },
      { ...texts('a'), modelName: 'x', id: 'unknown' },
      { ...part(pcm.subarray(0, 3200), {}), id: 'no start' },
      { ...texts('b'), id: 'last' },
    ];
    const answers = await askAll(client.stream(), requests);
    expect(
      answers.map(({ inferResponse, errorMessage }) => [inferResponse?.id, errorMessage.split(':')[0]]),
    ).toEqual([
      ['bad', 'IMAGE_FORMAT_UNKNOWN'],
      ['good', ''],
      ['unknown', 'MODEL_NOT_FOUND'],
      ['no start', 'SEQUENCE_INVALID'],
      ['last', ''],
    ]);
    expect(answers.every(isFinal)).toBe(true);
  });

  it('ends with a status where the client asks for one', async () => {
    const metadata = new Metadata();
    metadata.set('triton_grpc_error', 'true');
    const asked = askAll(client.stream(metadata), [images(Buffer.from('no image'))]);
    await expect(asked).rejects.toMatchObject({
      code: status.INVALID_ARGUMENT,
      details: expect.stringMatching(/^IMAGE_FORMAT_UNKNOWN: /) as string,
    });
    // Without a further request, which it could have been noticed at.
    const open = client.stream(metadata);
    const ended = new Promise<{ code: number }>((resolve) =>
      open.once('error', (error) => resolve(error as unknown as { code: number })),
    );
    open.resume();
    open.write(part(Buffer.alloc(3), start));
    expect((await ended).code).toBe(status.INVALID_ARGUMENT);
  });

  it('has sequences side by side, by number and by name', async () => {
    const [one, two] = [
      whole(6400),
      whole(6400).map((request) => ({
        ...request,
        id: `s${request.id}`,
        parameters: { ...request.parameters, sequence_id: { stringParam: '5' } },
      })),
    ];
    const mixed = one.flatMap((request, i) => [request, two[i]]);
    const answers = await askAll(client.stream(), mixed);
    const of = (isSecond: boolean) =>
      answers
        .filter(({ inferResponse }) => inferResponse!.id.startsWith('s') === isSecond)
        .flatMap(({ inferResponse }) => {
          const bytes = vectors(inferResponse!);
          return Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readFloatLE(4 * i));
        });
    // A batch of another size rounds the last bits otherwise.
    const [found, expected] = [of(true), of(false)];
    expect(found).toHaveLength(expected.length);
    found.forEach((value, i) => expect(Math.abs(value - expected[i])).toBeLessThan(1e-5));
    expect(answers).toHaveLength(6);
  });

  it('ends a sequence whose audio is broken, and no other', async () => {
    const bytes = (data: Uint8Array, sequence: object, id: string) => ({
      modelName: audio,
      id,
      inputs: [{ name: 'audio', datatype: 'BYTES', shape: [1, 1] }],
      rawInputContents: [rawBytes(data)],
      parameters: { sequence_id: { stringParam: 'file' }, ...sequence },
    });
    const requests = [bytes(Buffer.alloc(2000, 7), start, 'a'), ...whole(6400)];
    const answers = await askAll(client.stream(), requests);
    const failed = answers.filter(({ errorMessage }) => errorMessage !== '');
    expect(
      failed.map(({ inferResponse, errorMessage }) => [inferResponse?.id, errorMessage.split(':')[0]]),
    ).toEqual([['a', 'AUDIO_CONTAINER_UNKNOWN']]);
    expect(answers).toHaveLength(4);
  });

  it.each<[string, () => object[], string]>([
    [
      'starts twice',
      () => [part(pcm.subarray(0, 3200), start), part(pcm.subarray(0, 3200), start)],
      'SEQUENCE_INVALID',
    ],
    [
      'changes its datatype',
      () => [
        part(pcm.subarray(0, 3200), start),
        {
          ...part(pcm.subarray(0, 3200), {}),
          inputs: [{ name: 'audio', datatype: 'FP32', shape: [1, 800] }],
        },
      ],
      'TENSOR_UNEXPECTED',
    ],
    [
      'changes its window',
      () => [
        part(pcm.subarray(0, 3200), start),
        part(pcm.subarray(0, 3200), {}, { window_ms: { int64Param: 700 } }),
      ],
      'PARAMETER_INVALID',
    ],
    [
      'has a window that cannot be',
      () => [part(pcm.subarray(0, 3200), start, { window_ms: { int64Param: 1 } })],
      'WINDOW_INVALID',
    ],
    [
      'has two rows',
      () => [
        {
          ...part(pcm.subarray(0, 3200), start),
          inputs: [{ name: 'audio', datatype: 'INT16', shape: [2, 800] }],
        },
      ],
      'TENSOR_UNEXPECTED',
    ],
    [
      'is named by a truth',
      () => [part(pcm.subarray(0, 3200), start, { sequence_id: { boolParam: true } })],
      'PARAMETER_INVALID',
    ],
    [
      'is one of seventeen',
      () =>
        Array.from({ length: 17 }, (_, i) =>
          part(pcm.subarray(0, 3200), start, { sequence_id: { int64Param: i + 1 } }),
        ),
      'OVERLOADED',
    ],
  ])('refuses a request whose sequence %s', async (_, requests, reason) => {
    const answers = await askAll(client.stream(), requests());
    const errors = answers.flatMap(({ errorMessage }) => errorMessage || []);
    expect(errors.map((message) => message.split(':')[0])).toEqual([reason]);
  });
});

/** A number as protobuf writes it. */
function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Buffer.from([...bytes, Number(rest)]);
}
