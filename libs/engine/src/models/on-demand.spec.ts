import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createEngine, type EngineOptions } from '../create-engine.js';
import type { Engine } from '../engine.js';

const path = (name: string) => fileURLToPath(new URL(`../../../../${name}`, import.meta.url));
const whisper = path('models/demo/whisper');
const clip = path('models/demo/clip');
const format = { encoding: 's16le', sampleRateHz: 16_000 };

let work: string;
let damaged: string;
let pcm: Buffer;
let engine: Engine;
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'triptych-on-demand-'));
  damaged = join(work, 'damaged');
  await cp(whisper, damaged, { recursive: true });
  pcm = (await readFile(path('examples/speech/pizza-a.wav'))).subarray(44);
});
afterEach(() => engine.close());
afterAll(() => rm(work, { recursive: true }));

async function start(options: Partial<EngineOptions> = {}): Promise<void> {
  engine = await createEngine({ models: [whisper], ...options });
}
const named = (name: string, more = {}) => ({ directory: whisper, name, ...more });
const encode = (model?: string, call = {}) =>
  engine.encodeAudio({ model, clips: [{ format, data: pcm }], context: 'trimmed' }, call);
const modelOf = async (model?: string) => (await encode(model)).stamp.model;
const states = () => Object.fromEntries(engine.models.known.map(({ name, state }) => [name, state]));
const of = (name: string) => engine.models.get(name);
/** Room for so many of the demo's Whisper. */
const roomFor = async (models: number) => {
  await start();
  const { memoryBytes } = engine.models.known[0];
  await engine.close();
  return Math.floor(memoryBytes * (models + 0.5));
};

describe('a model that is known and not loaded', () => {
  it('is loaded once for all calls that ask for it meanwhile, and says before what it takes', async () => {
    await start({ models: [clip, named('late', { onDemand: true })] });
    expect(states()).toEqual({ 'demo-clip': 'ready', late: 'standby' });
    expect(of('late').card).toMatchObject({ architecture: 'whisper-encoder', audio: { sampleRate: 16_000 } });
    expect(engine.models.isDefault({ name: 'late' }, 'audio')).toBe(true);
    const calls = Array.from({ length: 20 }, (_, i) => modelOf(i % 2 === 0 ? 'late' : undefined));
    const stream = engine.openAudioStream({ format, windowMs: 500 });
    expect(new Set(await Promise.all(calls))).toEqual(new Set(['late']));
    (await stream).close();
    expect(of('late')).toMatchObject({ state: 'ready', loads: 1, failures: 0 });
    expect(of('late').card.fingerprint).toMatch(/^[0-9a-f]{64}$/);
  });

  it('takes part in comparisons with the clips of another: both are loaded for them, and the one for audio only then', async () => {
    await start({
      models: [named('voices', { onDemand: true }), { directory: clip, name: 'pictures', onDemand: true }],
    });
    const queries = [{ text: 'a pizza' }];
    await engine.similarity({ queries, candidates: queries });
    expect(states()).toEqual({ voices: 'standby', pictures: 'ready' });
    const { failedCandidates } = await engine.similarity({
      queries,
      candidates: [{ audio: { format, data: pcm } }],
    });
    expect(failedCandidates).toEqual([]);
    expect(states()).toEqual({ voices: 'ready', pictures: 'ready' });
  });

  it('is not waited for longer than a deadline or a client does', async () => {
    await start({ models: [clip, named('late', { onDemand: true })] });
    const gone = new AbortController();
    const cancelled = encode('late', { signal: gone.signal });
    const late = encode('late', { deadline: Date.now() + 5 });
    gone.abort();
    await expect(cancelled).rejects.toMatchObject({ reason: 'CANCELLED' });
    await expect(late).rejects.toMatchObject({ reason: 'DEADLINE_PASSED' });
    expect(await modelOf('late')).toBe('late');
    expect(of('late')).toMatchObject({ failures: 0 });
  });

  it('counts the messages that wait for it, and refuses those that are too many', async () => {
    await start({ models: [clip, named('late', { onDemand: true })], queueBytes: 10_000_000 });
    const first = encode('late', { messageBytes: 4_000_000 });
    await expect(encode('late', { messageBytes: 9_000_000 })).rejects.toMatchObject({ reason: 'OVERLOADED' });
    await first;
    expect(engine.admission.bytes).toBe(0);
    expect(await modelOf('late')).toBe('late');
  });

  it('has calls read that may name it, however much is in work for others of its modality', async () => {
    await start({ models: [whisper, named('late', { onDemand: true })] });
    const { queueItems } = engine.limits;
    const load = { model: 'demo-whisper', modality: 'audio', items: queueItems, cost: 0 };
    const caller = { principal: 'busy', flow: 'busy' };
    const check = () => engine.admission.checkAny('busy', ['audio'], Infinity);
    const twice = async (work: () => Promise<void>) => {
      const admitted = { caller, deadline: Infinity, bytes: 0 };
      await engine.admission.run({ ...admitted, loads: [load] }, () =>
        engine.admission.run({ ...admitted, loads: [{ ...load, items: queueItems / 4 }] }, work),
      );
    };
    await twice(() => Promise.resolve(check()));
    await engine.unload('late');
    await twice(() => Promise.resolve(expect(check).toThrow(/items are in work/)));
  });

  it('that cannot be loaded is tried again after a while, not with every call, and others are served on', async () => {
    await start({ models: [whisper, { directory: damaged, name: 'broken', onDemand: true }] });
    const weights = await readFile(join(damaged, 'weights.parquet'));
    await writeFile(join(damaged, 'weights.parquet'), weights.subarray(0, 9999));
    await expect(encode('broken')).rejects.toMatchObject({ reason: 'NOT_READY', retryable: true });
    await expect(encode('broken')).rejects.toMatchObject({ reason: 'NOT_READY' });
    expect(of('broken')).toMatchObject({ state: 'failed', failures: 1, loads: 0 });
    expect(of('broken').lastFailure).toMatchObject({ reason: 'WEIGHTS_CORRUPT' });
    expect(of('broken').lastFailure?.message).toMatch(/^broken\/weights\.parquet: /);
    expect(await modelOf()).toBe('demo-whisper');
    // Whoever is in charge need not wait.
    await expect(engine.models.bring('broken')).rejects.toMatchObject({ reason: 'WEIGHTS_CORRUPT' });
    await writeFile(join(damaged, 'weights.parquet'), weights);
    await engine.models.bring('broken');
    expect(await modelOf('broken')).toBe('broken');
  });

  it('is unloaded after a time without calls, but while nothing works with it, and loaded by the next', async () => {
    await start({ modelIdleMs: 300 });
    const stream = await engine.openAudioStream({ format, windowMs: 500 });
    await sleep(600);
    expect(states()).toEqual({ 'demo-whisper': 'ready' });
    stream.close();
    await expect.poll(states).toEqual({ 'demo-whisper': 'standby' });
    await expect.poll(() => engine.models.loaded).toEqual([]);
    expect(await modelOf()).toBe('demo-whisper');
    expect(of('demo-whisper')).toMatchObject({ state: 'ready', loads: 2 });
  });

  it('is not loaded by calls once it was unloaded, until it is brought back', async () => {
    await start({ models: [named('a'), named('b')] });
    await engine.unload('a');
    await expect(encode('a')).rejects.toThrow('no model "a"; served are b; unloaded are a');
    expect(await modelOf()).toBe('b');
    await engine.models.bring('a');
    expect(await modelOf()).toBe('a');
  });
});

describe('a memory budget', () => {
  it('has the least recently used model go, and never one that a stream works with', async () => {
    const models = ['a', 'b', 'c'].map((name) => named(name));
    await start({ models, modelMemory: await roomFor(2), modelWaitMs: 5000 });
    expect(states()).toEqual({ a: 'ready', b: 'ready', c: 'standby' });
    // Each stays for as long as its loading took.
    await sleep(Math.max(...engine.models.models.map(({ loadMs }) => loadMs)));
    await encode('a');
    await encode('c');
    expect(states()).toEqual({ a: 'ready', b: 'standby', c: 'ready' });
    const streams = await Promise.all(
      ['a', 'c'].map((model) => engine.openAudioStream({ model, format, windowMs: 500 })),
    );
    await expect(encode('b')).rejects.toMatchObject({ reason: 'MODEL_NO_ROOM', retryable: true });
    expect(states()).toEqual({ a: 'ready', b: 'standby', c: 'ready' });
    streams[0].close();
    await encode('b');
    expect(states()).toEqual({ a: 'standby', b: 'ready', c: 'ready' });
    streams[1].close();
    expect(engine.models.memory.used).toBeLessThanOrEqual(engine.models.memory.limit);
  });

  it(
    'has models that calls keep busy all the time take turns, and fails none of the calls',
    { timeout: 180_000 },
    async () => {
      const names = ['a', 'b', 'c'];
      await start({ models: names.map((name) => named(name)), modelMemory: await roomFor(2) });
      let isOver = false;
      const counts = { a: 0, b: 0, c: 0 };
      let most = 0;
      const failures: unknown[] = [];
      const traffic = names.map(async (name) => {
        while (!isOver) {
          await encode(name).catch((thrown: unknown) => failures.push(thrown));
          most = Math.max(most, engine.models.memory.used);
          counts[name as 'a']++;
        }
      });
      const haveTurns = () => engine.models.known.every(({ loads }) => loads > 1);
      await expect.poll(haveTurns, { timeout: 120_000 }).toBe(true);
      isOver = true;
      await Promise.all(traffic);
      expect(failures).toEqual([]);
      for (const count of Object.values(counts)) expect(count).toBeGreaterThan(0);
      expect(most).toBeLessThanOrEqual(engine.models.memory.limit);
    },
  );

  it('says of a model that it cannot hold alone that it cannot, at once', async () => {
    // Whisper alone fits exactly; CLIP takes more.
    await start({ modelMemory: await roomFor(0.5) });
    const load = engine.load({ directory: clip, name: 'pictures' });
    await expect(load).rejects.toMatchObject({ reason: 'MODEL_TOO_LARGE', retryable: false });
    expect(states()).toEqual({ 'demo-whisper': 'ready' });
  });

  it('holds both while one takes the place of the other, or leaves the one before serving', async () => {
    await start({ modelMemory: await roomFor(1), modelWaitMs: 100 });
    await expect(engine.models.reload('demo-whisper')).rejects.toMatchObject({ reason: 'MODEL_NO_ROOM' });
    expect(await modelOf()).toBe('demo-whisper');
    expect(engine.models.memory.used).toBe(of('demo-whisper').memoryBytes);
  });

  it('forgets a load that nobody waits for any more', async () => {
    await start({
      models: [named('a'), named('b', { onDemand: true })],
      modelMemory: await roomFor(1),
    });
    const stream = await engine.openAudioStream({ model: 'a', format, windowMs: 500 });
    await expect(encode('b', { deadline: Date.now() + 50 })).rejects.toMatchObject({
      reason: 'DEADLINE_PASSED',
    });
    await expect.poll(states).toEqual({ a: 'ready', b: 'standby' });
    stream.close();
    // Whoever comes right then is not told what those who left were.
    const gone = new AbortController();
    const other = await engine.openAudioStream({ model: 'a', format, windowMs: 500 });
    const cancelled = encode('b', { signal: gone.signal }).catch((thrown: unknown) => thrown);
    await sleep(20);
    gone.abort();
    await cancelled;
    const next = modelOf('b');
    other.close();
    expect(await next).toBe('b');
  });
});

describe('versions of a name', () => {
  it('are served beside each other; the name alone stands for one, and moves at once', async () => {
    await start({ models: [named('w@1')] });
    await engine.load(named('w@2'));
    expect([await modelOf('w'), await modelOf('w@1'), await modelOf('w@2')]).toEqual(['w@1', 'w@1', 'w@2']);
    const stream = await engine.openAudioStream({ model: 'w', format, windowMs: 500 });
    await engine.models.replace(named('w@3', { isCurrent: true }));
    expect([await modelOf('w'), await modelOf(), stream.ready.stamp.model]).toEqual(['w@3', 'w@3', 'w@1']);
    expect(engine.models.aliasesOf('w@3')).toEqual(['w']);
    const unloading = engine.unload('w@1');
    await sleep(20);
    expect(of('w@1').state).toBe('unloading');
    stream.close();
    await unloading;
    expect(of('w@1').state).toBe('unloaded');
    await expect(encode('w@1')).rejects.toMatchObject({ reason: 'MODEL_NOT_FOUND' });
    // Nothing is chosen for whoever is in charge.
    await engine.unload('w');
    await expect(encode('w')).rejects.toMatchObject({ reason: 'MODEL_NOT_FOUND' });
    engine.models.alias('w', 'w@2');
    expect(await modelOf('w')).toBe('w@2');
  });

  it('have aliases besides; what is no name, or another one’s, is refused', async () => {
    await start({ models: [named('w@1'), named('v')] });
    engine.models.alias('live', 'w');
    expect(await modelOf('live')).toBe('w@1');
    engine.models.alias('live', 'v');
    expect(await modelOf('live')).toBe('v');
    for (const name of ['', ' a', 'a=b', 'a\\b', 'a\n', 'x'.repeat(257), 'live', 'w', 'v@2'])
      await expect(engine.load(named(name)), name).rejects.toMatchObject({ reason: 'MODEL_NAME_INVALID' });
    expect(() => engine.models.alias('v', 'w@1')).toThrow('v is the name of a model');
    expect(() => engine.models.alias('x', 'none')).toThrow('no model "none"');
    engine.models.dropAlias('live');
    await expect(encode('live')).rejects.toMatchObject({ reason: 'MODEL_NOT_FOUND' });
    expect(engine.models.known).toHaveLength(2);
  });

  it('are bounded in number: those unloaded longest are forgotten first', async () => {
    await start({ models: [named('a'), named('b')], maxModels: 2 });
    await expect(engine.load(named('c'))).rejects.toMatchObject({ reason: 'MODELS_TOO_MANY' });
    await engine.unload('a');
    await engine.load(named('c'));
    expect(states()).toEqual({ b: 'ready', c: 'ready' });
  });
});

describe('changes that cross each other', () => {
  it('end as the last of them wants it, and leave nothing in memory that is not served', async () => {
    await start({ models: [named('a'), named('b')] });
    for (let round = 0; round < 4; round++) {
      const [reloadOfA, ...others] = await Promise.allSettled([
        engine.models.reload('a'),
        engine.unload('a'),
        engine.models.bring('a'),
        encode('a'),
        engine.models.replace(named('a')),
        engine.models.reload('b').catch((thrown: unknown) => thrown),
        engine.unload('b'),
      ]);
      expect(reloadOfA).toMatchObject({ status: 'rejected', reason: { reason: 'MODEL_NOT_FOUND' } });
      expect(others.map(({ status }) => status)).toEqual(others.map(() => 'fulfilled'));
      expect(others[4]).toMatchObject({ value: { reason: 'MODEL_NOT_FOUND' } });
      expect(states()).toEqual({ a: 'ready', b: 'unloaded' });
      await expect.poll(() => engine.models.loaded.map(({ name }) => name)).toEqual(['a']);
      expect(engine.models.memory.used).toBe(of('a').memoryBytes);
      await engine.models.bring('b');
    }
  });

  it('tell a load that waits for memory that its model was unloaded, and not the load that comes next', async () => {
    const models = [named('a'), named('b', { onDemand: true })];
    await start({ models, modelMemory: await roomFor(1) });
    const stream = await engine.openAudioStream({ model: 'a', format, windowMs: 500 });
    const waiting = encode('b').catch((thrown: unknown) => thrown);
    await sleep(100);
    const unloading = engine.unload('b');
    const bringing = engine.models.bring('b');
    expect(await waiting).toMatchObject({ reason: 'MODEL_NOT_FOUND' });
    await unloading;
    stream.close();
    await bringing;
    expect(await modelOf('b')).toBe('b');
    expect(of('b')).toMatchObject({ loads: 1, failures: 0 });
  });

  it('end with the engine: what waits for memory or loads fails, and nothing is left', async () => {
    const models = [named('a'), named('b', { onDemand: true }), named('c', { onDemand: true })];
    await start({ models, modelMemory: await roomFor(2) });
    const stream = await engine.openAudioStream({ model: 'a', format, windowMs: 500 });
    const other = await engine.openAudioStream({ model: 'b', format, windowMs: 500 });
    const waiting = encode('c').catch((thrown: unknown) => thrown);
    const reloading = engine.models.reload('a').catch((thrown: unknown) => thrown);
    await sleep(20);
    await engine.close();
    expect(await waiting).toMatchObject({ reason: 'DRAINING' });
    expect(await reloading).toMatchObject({ reason: 'DRAINING' });
    stream.close();
    other.close();
    await expect(engine.models.bring('c')).rejects.toMatchObject({ reason: 'DRAINING' });
  });
});
