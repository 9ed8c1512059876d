import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AudioChunk } from '../audio/streamed-audio.js';
import { createEngine } from '../create-engine.js';
import type { Engine } from '../engine.js';
import { type EngineObserver, unobserved } from '../observer.js';

const root = new URL('../../../../', import.meta.url);
const path = (name: string) => fileURLToPath(new URL(name, root));
const whisper = path('models/demo/whisper');
const clip = path('models/demo/clip');

let work: string;
/** The same model of another space: what was made by which can be told apart. */
let other: string;
let damaged: string;
const ended: string[] = [];
const observer: EngineObserver = { ...unobserved, ended: (encoder) => ended.push(encoder) };
let engine: Engine;
let pcm: Buffer;

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'triptych-models-'));
  [other, damaged] = [join(work, 'other'), join(work, 'damaged')];
  await cp(whisper, other, { recursive: true });
  const metadata = join(other, 'metadata.json');
  const described = JSON.parse(await readFile(metadata, 'utf8')) as object;
  await writeFile(metadata, JSON.stringify({ ...described, space: 'another space' }));
  await cp(whisper, damaged, { recursive: true });
  await writeFile(
    join(damaged, 'weights.parquet'),
    (await readFile(join(whisper, 'weights.parquet'))).subarray(0, 9999),
  );
  pcm = (await readFile(path('examples/speech/pizza-a.wav'))).subarray(44);
  engine = await createEngine({ models: [whisper], observer });
});
afterAll(async () => {
  await engine.close();
  await rm(work, { recursive: true });
});

const format = { encoding: 's16le', sampleRateHz: 16_000 };
const name = 'demo-whisper';
const encode = async () =>
  (await engine.encodeAudio({ model: name, clips: [{ format, data: pcm }] })).stamp.space;
const lanes = () =>
  [...engine.admission.lanes].map(({ name: { model, modality } }) => `${model}/${modality}`);

describe('models that come and go', () => {
  it('are served beside the others from the moment that they are loaded, and no more once they are unloaded', async () => {
    await expect(engine.encodeTexts({ texts: ['a'] })).rejects.toMatchObject({
      reason: 'MODALITY_NOT_SERVED',
    });
    await engine.load({ directory: clip, name: 'pictures' });
    expect((await engine.encodeTexts({ texts: ['a'] })).stamp.model).toBe('pictures');
    expect(lanes()).toEqual(['demo-whisper/audio', 'pictures/image', 'pictures/text']);
    await expect(engine.load({ directory: whisper, name: 'pictures' })).rejects.toThrow(
      /two models are named pictures/,
    );
    await engine.unload('pictures');
    await expect(engine.encodeTexts({ texts: ['a'], model: 'pictures' })).rejects.toThrow(
      'no model "pictures"; served are demo-whisper',
    );
    expect(lanes()).toEqual(['demo-whisper/audio']);
    expect(ended.splice(0).sort()).toEqual(['pictures/image', 'pictures/text']);
    await expect(engine.unload('pictures')).rejects.toMatchObject({ reason: 'MODEL_NOT_FOUND' });
  });

  it('are replaced at once: a stream under way ends on the one that it began with, which then ends', async () => {
    const stream = await engine.openAudioStream({ model: name, format, windowMs: 500 });
    expect(stream.ready.stamp.space).toBe('triptych-demo');
    let isOver = false;
    // Whole windows: what is left at the end might be too short for one.
    const data = pcm.subarray(0, 16_000);
    const chunks = async function* (): AsyncGenerator<AudioChunk> {
      for (; !isOver; await sleep(5)) yield { data };
    };
    let windows = 0;
    const running = stream.run(chunks(), async ({ result }) => {
      expect(result, 'error' in result ? result.error.message : '').toHaveProperty('embedding');
      windows++;
    });
    await expect.poll(() => windows).toBeGreaterThan(0);

    await engine.replace(other);
    expect(await encode()).toBe('another space');
    expect(engine.models.models.map((model) => model.name)).toEqual([name]);
    expect(engine.models.loaded).toHaveLength(2);
    const before = windows;
    await expect.poll(() => windows).toBeGreaterThan(before);

    isOver = true;
    await running;
    await expect.poll(() => engine.models.loaded.length).toBe(1);
    expect(await encode()).toBe('another space');
    // One of its name is there: what is counted by that name goes on.
    expect(ended).toEqual([]);
  });

  it('stay as they are where the next one cannot be loaded', async () => {
    const before = await encode();
    await expect(engine.replace(damaged)).rejects.toThrow(damaged);
    expect(await encode()).toBe(before);
    expect(engine.models.loaded).toHaveLength(1);
  });

  it('fail no call of those that come meanwhile, and leave no worker behind', async () => {
    const ports = () =>
      process.getActiveResourcesInfo().filter((resource) => resource === 'MessagePort').length;
    await engine.replace(whisper);
    await expect.poll(() => engine.models.loaded.length).toBe(1);
    const before = ports();
    let isOver = false;
    let calls = 0;
    const traffic = Array.from({ length: 4 }, async () => {
      while (!isOver) {
        const { results } = await engine.encodeAudio({ clips: [{ format, data: pcm }], context: 'trimmed' });
        expect(results[0]).toHaveProperty('embedding');
        calls++;
      }
    });
    for (let i = 0; i < 8; i++) await engine.replace(i % 2 === 0 ? other : whisper);
    isOver = true;
    await Promise.all(traffic);
    expect(calls).toBeGreaterThan(8);
    await expect.poll(() => engine.models.loaded.length).toBe(1);
    // Further sessions start beside the first one where short clips have waited for each other.
    await expect.poll(ports).toBeLessThanOrEqual(before + 2);
  });
});

describe('a model that was unloaded', () => {
  it('stays so where what is to serve in its place cannot be loaded, and comes back where it can', async () => {
    const gone = 'to-be-unloaded';
    const call = () => engine.encodeAudio({ model: gone, clips: [{ format, data: pcm }] });
    await engine.load({ directory: whisper, name: gone });
    await engine.unload(gone);
    const begun = new Promise<void>((resolve) => {
      engine.models.onChange(() => engine.models.find(gone)?.state === 'loading' && resolve());
    });
    const failing = engine.load({ directory: damaged, name: gone }).catch((thrown: unknown) => thrown);
    await begun;
    // It waits for what is loaded, and gets nothing else.
    await expect(call()).rejects.toMatchObject({ reason: 'MODEL_NOT_FOUND' });
    expect(await failing).toMatchObject({ reason: 'WEIGHTS_CORRUPT' });
    expect(engine.models.get(gone)).toMatchObject({ state: 'unloaded', failures: 1 });
    await expect(call()).rejects.toMatchObject({ reason: 'MODEL_NOT_FOUND' });

    const client = new AbortController();
    const bringing = engine.models.bring(gone, { signal: client.signal, deadline: Infinity });
    client.abort();
    await expect(bringing).rejects.toMatchObject({ reason: 'CANCELLED' });
    await expect(call()).rejects.toMatchObject({ reason: 'MODEL_NOT_FOUND' });
    await expect.poll(() => engine.models.get(gone).state).toBe('unloaded');

    await engine.models.bring(gone);
    expect((await call()).stamp.model).toBe(gone);
    await engine.models.forget(gone);
  });
});

describe('a stream that is opened and not run', () => {
  it('lets its model go once it is closed', async () => {
    await engine.load({ directory: clip, name: 'pictures' });
    const stream = await engine.openImageStream({});
    const unloading = engine.unload('pictures');
    await sleep(20);
    expect(engine.models.loaded.map((model) => model.name)).toContain('pictures');
    stream.close();
    await unloading;
    expect(engine.models.loaded.map((model) => model.name)).not.toContain('pictures');
  });
});

describe('an engine that closes', () => {
  const processes = () =>
    process.getActiveResourcesInfo().filter((resource) => resource === 'ProcessWrap').length;

  it('while a model loads fails the load, and ends the workers that it started', async () => {
    const before = processes();
    const closing = await createEngine({ models: [whisper] });
    // Pictures are decoded in processes, which this model's loading starts.
    const load = closing.load(clip).catch((thrown: unknown) => thrown);
    await closing.close();
    expect(await load).toMatchObject({ reason: 'DRAINING' });
    await expect(closing.load(clip)).rejects.toMatchObject({ reason: 'DRAINING' });
    // One of an engine before may have been ending.
    await expect.poll(processes).toBeLessThanOrEqual(before);
  });
});

describe('the message that a call came in', () => {
  it('counts whole while the call is under way', async () => {
    const before = engine.admission.bytes;
    const call = engine.encodeAudio({ clips: [{ format, data: pcm }] }, { messageBytes: 5_000_000 });
    await Promise.resolve();
    expect(engine.admission.bytes - before).toBe(5_000_000);
    await call;
    expect(engine.admission.bytes).toBe(before);
  });
});
