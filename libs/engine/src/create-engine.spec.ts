import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { decodeEmbedding, type EmbeddingBytes } from '@triptych/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AudioChunk, EncodedWindow } from './audio/streamed-audio.js';
import type { AudioClip } from './audio/encode-clips.js';
import { createEngine } from './create-engine.js';
import type { Engine } from './engine.js';
import type { FailedItem } from './items/encode-items.js';

const root = new URL('../../../', import.meta.url);
const path = (name: string) => fileURLToPath(new URL(name, root));
const picture = (name: string) => ({ encoded: readFileSync(path(`examples/images/${name}.png`)) });
const recording = readFileSync(path('examples/speech/pizza-a.wav'));
const container = { encoding: 'container' };

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({
    models: [{ directory: path('models/demo/clip'), name: 'pictures' }, path('models/demo/whisper')],
    selfCheck: true,
    maxTexts: 8,
    streamImages: 4,
    streamWindows: 2,
  });
});
afterAll(() => engine.close());

function vectorOf(result: { readonly embedding: EmbeddingBytes } | FailedItem): Float32Array {
  if ('error' in result) throw result.error;
  return decodeEmbedding(result.embedding.bytes, 'float32', 0);
}

const reasonOf = (result: object) => ('error' in result ? (result as FailedItem).error.reason : undefined);

async function* inPieces(bytes: Uint8Array, length: number): AsyncGenerator<AudioChunk> {
  for (let at = 0; at < bytes.length; at += length) yield { data: bytes.subarray(at, at + length) };
}

describe('an engine without a server', () => {
  it('gives the same vectors by the Parquet decoder alone', async () => {
    const other = await createEngine({ models: [path('models/demo/clip')], weightsReader: 'decoder' });
    try {
      const texts = ['a sailboat', 'a pizza'];
      const [expected, found] = await Promise.all([engine, other].map((one) => one.encodeTexts({ texts })));
      expect(found.stamp.fingerprint).toBe(expected.stamp.fingerprint);
      expect(found.results.map(vectorOf)).toEqual(expected.results.map(vectorOf));
    } finally {
      await other.close();
    }
  });

  it('encodes texts, images and clips; what is wrong with one of them is its own result', async () => {
    const texts = await engine.encodeTexts({ texts: ['a sailboat', '\ud800', Buffer.from('a sailboat')] });
    expect(texts.stamp).toMatchObject({ model: 'pictures', space: 'triptych-demo' });
    expect(texts.results.map(reasonOf)).toEqual([undefined, 'TEXT_NOT_UTF8', undefined]);
    expect(vectorOf(texts.results[2])).toEqual(vectorOf(texts.results[0]));

    const images = await engine.encodeImages({
      images: [
        picture('sailboat'),
        { raw: { format: 'cmyk', width: 1, height: 1, data: new Uint8Array(4) } },
      ],
      options: { pooling: 'class', normalize: false, dimensions: 16 },
    });
    expect(images.results.map(reasonOf)).toEqual([undefined, 'PIXEL_FORMAT_UNKNOWN']);
    expect(vectorOf(images.results[0])).toHaveLength(16);

    const clips = [{ format: container, data: recording }, { data: recording }];
    const audio = await engine.encodeAudio({ clips, context: 'trimmed', options: { encoding: 'float16' } });
    expect(audio.results.map(reasonOf)).toEqual([undefined, 'AUDIO_ENCODING_UNKNOWN']);
    expect(audio.results[0]).toMatchObject({ embedding: { shape: [128] } });
    expect('error' in audio.results[1] && audio.results[1].error.field).toBe('clips[1].format.encoding');
  });

  it('streams audio: windows in order, taken as fast as they are written, and the same as the clip of a window', async () => {
    const stream = await engine.openAudioStream({ format: container, windowMs: 500, hopMs: 250 });
    expect(stream.ready).toMatchObject({ dimensions: 128, windowMs: 500, hopMs: 250 });
    const windows: EncodedWindow[] = [];
    let writing = 0;
    const summary = await stream.run(inPieces(recording, 1000), async (window) => {
      expect(++writing).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 5));
      writing--;
      windows.push(window);
    });
    expect(windows.map(({ index }) => index)).toEqual(windows.map((_, i) => i));
    expect(summary).toMatchObject({ windows: windows.length, chunks: Math.ceil(recording.length / 1000) });
    const data = recording.subarray(44, 44 + 16_000);
    const clips = [{ format: { encoding: 's16le', sampleRateHz: 16_000 }, data }];
    const { results } = await engine.encodeAudio({ clips });
    expect(vectorOf(windows[0].result)).toEqual(vectorOf(results[0]));
  });

  it('fails a stream of audio that is broken, once the windows before it are written', async () => {
    const format = { encoding: 'f32le', sampleRateHz: 16_000 };
    const stream = await engine.openAudioStream({ format, windowMs: 100 });
    const windows: EncodedWindow[] = [];
    const chunks = async function* () {
      yield { data: new Uint8Array(4 * 3200) };
      yield { data: new Uint8Array(4 * 1600), sequence: 5 };
    };
    const running = stream.run(chunks(), async (window) => void windows.push(window));
    await expect(running).rejects.toMatchObject({ reason: 'STREAM_SEQUENCE' });
    expect(windows).toHaveLength(2);
  });

  it('streams batches of images, and lets go of each once it is encoded', async () => {
    const stream = await engine.openImageStream({});
    const done: number[] = [];
    const found = new Map<number, number>();
    const batches = async function* () {
      for (let i = 0; i < 6; i++)
        yield {
          items: [picture('pizza'), { encoded: Buffer.from('no image') }],
          tag: i,
          done: () => done.push(i),
        };
    };
    const summary = await stream.run(batches(), async ({ tag, results }) => {
      expect(done).toContain(tag);
      found.set(tag, results.filter((result) => 'embedding' in result).length);
    });
    expect(summary).toEqual({ batches: 6, items: 12, failed: 6 });
    expect([...found].sort()).toEqual([0, 1, 2, 3, 4, 5].map((tag) => [tag, 1]));
  });

  it('streams batches of texts and of clips in the order in which they came', async () => {
    const words = ['a pizza', 'a sailboat', 'a volcano', ''];
    const texts = await engine.openTextStream({ order: 'as-added', options: { dimensions: 8 } });
    expect(texts.ready.dimensions).toBe(8);
    const inBatches = async function* <Item>(items: readonly Item[]) {
      for (const [tag, item] of items.entries()) yield { items: [item], tag };
    };
    const found: (readonly [number, number | string | undefined])[] = [];
    const note = async ({ tag, results: [result] }: { tag: number; results: readonly object[] }) =>
      void found.push([tag, reasonOf(result) ?? vectorOf(result as never).length]);
    expect(await texts.run(inBatches(words), note)).toEqual({ batches: 4, items: 4, failed: 0 });
    const clips = await engine.openClipStream({ order: 'as-added' });
    const data = [recording, new Uint8Array(40), recording];
    const summary = await clips.run(inBatches(data.map((one) => ({ format: container, data: one }))), note);
    expect(summary).toEqual({ batches: 3, items: 3, failed: 1 });
    expect(found.map(([tag]) => tag)).toEqual([0, 1, 2, 3, 0, 1, 2]);
    expect(found.slice(0, 4).every(([, length]) => length === 8)).toBe(true);
    expect(found[5][1]).toBe('AUDIO_CONTAINER_UNKNOWN');
  });

  it('compares words, pictures, speech and vectors', async () => {
    const { results, stamp } = await engine.encodeImages({ images: [picture('pizza')] });
    const names = ['sailboat', 'pizza', 'volcano'];
    const candidates = names.map((id) => ({ id, image: picture(id) }));
    const queries = [
      { text: 'a pizza' },
      { audio: { format: container, data: recording } },
      { embedding: { values: vectorOf(results[0]), space: stamp.space } },
      { embedding: { values: new Float32Array(3), space: stamp.space } },
    ];
    const { rankings } = await engine.rank({ queries, candidates, topK: 1 });
    expect(rankings.slice(0, 3)).toMatchObject([1, 1, 1].map((index) => ({ items: [{ index }] })));
    expect(reasonOf(rankings[3])).toBe('EMBEDDING_INVALID');

    const { scores, rows, columns, failedQueries } = await engine.similarity({ queries, candidates });
    expect([rows, columns]).toEqual([4, 3]);
    expect(scores[2 * 3 + 1]).toBeCloseTo(1, 5);
    expect(failedQueries.map(({ index }) => index)).toEqual([3]);

    const { labels, classifications } = await engine.classify({ items: candidates, labels: names });
    const best = classifications.map((one) =>
      'labels' in one ? labels[one.labels[0].index] : one.error.reason,
    );
    expect(best).toEqual(names);
  });

  it('refuses what is wrong with a whole call, by reason and field', async () => {
    await expect(engine.encodeTexts({ texts: Array<string>(9).fill('a') })).rejects.toMatchObject({
      reason: 'BATCH_TOO_LARGE',
    });
    await expect(engine.encodeTexts({ texts: ['a'], options: { pooling: 'mean' } })).rejects.toThrow(
      'this encoder does not offer the pooling mean; expected one of projected, end, none',
    );
    await expect(engine.encodeImages({ images: [], model: 'demo-whisper' })).rejects.toMatchObject({
      reason: 'MODALITY_NOT_SERVED',
    });
    await expect(engine.openAudioStream({ format: container, windowMs: 1 })).rejects.toThrow(
      /window_ms is 1/,
    );
  });

  it('ends what its caller no longer waits for', async () => {
    const controller = new AbortController();
    const encoding = engine.encodeImages({ images: [picture('pizza')] }, { signal: controller.signal });
    controller.abort();
    await expect(encoding).rejects.toMatchObject({ reason: 'CANCELLED' });
    const late = engine.encodeTexts({ texts: ['a'] }, { deadline: Date.now() - 1 });
    await expect(late).resolves.toMatchObject({ results: [{ error: { reason: 'DEADLINE_PASSED' } }] });
  });
});

describe('creating an engine', () => {
  const models = [path('models/demo/whisper')];

  it.each([
    [{ models: [] }, 'CONFIG_INVALID', /no model to serve/],
    [{ models, streamWindows: 0 }, 'CONFIG_INVALID', /^streamWindows is 0; expected a whole number from 1$/],
    [{ models, instances: 'many' as never }, 'CONFIG_INVALID', /expected auto, or a whole number from 0/],
    [{ models, maxText: 3 }, 'CONFIG_INVALID', /no setting maxText; expected one of .*maxTexts/],
    [{ models: [...models, ...models] }, 'CONFIG_INVALID', /two models are named demo-whisper/],
    [{ models: [...models, path('models/demo/none')] }, 'WEIGHTS_MISSING', /none/],
  ])('refuses what cannot be, and leaves nothing running: %#', async (options, reason, message) => {
    const before = process.getActiveResourcesInfo().filter((name) => name === 'MessagePort').length;
    const creating = createEngine(options);
    await expect(creating).rejects.toThrow(message);
    await expect(creating).rejects.toMatchObject({ reason });
    const after = process.getActiveResourcesInfo().filter((name) => name === 'MessagePort').length;
    expect(after).toBe(before);
  });

  it('ends with its close: what is under way and what comes fails', async () => {
    const own = await createEngine({ models });
    const clips = Array<AudioClip>(20).fill({ format: container, data: recording });
    const underWay = own.encodeAudio({ clips });
    const [outcome] = await Promise.all([underWay.catch((thrown: unknown) => thrown), own.close()]);
    expect(outcome).toMatchObject({ reason: 'DRAINING' });
    await expect(own.encodeAudio({ clips })).rejects.toMatchObject({ reason: 'DRAINING' });
    await expect(own.openAudioStream({ format: container })).rejects.toThrow('the engine is closed');
  });
});

describe('the example', () => {
  it('runs as written, and ends by itself', async () => {
    const pictures = ['sailboat', 'pizza'].map((name) => `examples/images/${name}.png`);
    const command = [path('examples/node/embed.mjs'), 'a sailboat', ...pictures];
    const { stdout } = await promisify(execFile)(process.execPath, command, {
      cwd: path('.'),
      timeout: 120_000,
    });
    expect(stdout).toMatch(/^a sailboat: 128 numbers of the space triptych-demo/);
    expect(stdout).toMatch(/^ +\S+ +sailboat\.png\n +\S+ +pizza\.png$/m);
    expect(stdout).toMatch(/^\d+ windows of \d+ chunks$/m);
  });
});
