import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { abortError } from '@triptych/core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createEngine, type EngineOptions } from '../create-engine.js';
import type { Engine } from '../engine.js';

const path = (name: string) => fileURLToPath(new URL(`../../../../${name}`, import.meta.url));
const whisper = path('models/demo/whisper');
const clip = path('models/demo/clip');

let work: string;
let engine: Engine;
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'triptych-cancelled-'));
  await cp(clip, join(work, 'clip'), { recursive: true });
});
afterEach(() => engine.close());
afterAll(() => rm(work, { recursive: true }));

async function start(options: Partial<EngineOptions> = {}): Promise<void> {
  engine = await createEngine({ models: [whisper], ...options });
}
const pictures = (name = 'pictures') => ({ directory: join(work, 'clip'), name });
/** A load, and how its client cancels it. */
function loading(name?: string) {
  const client = new AbortController();
  const until = { signal: client.signal, deadline: Infinity };
  const result = engine.models.load(pictures(name), until).catch((thrown: unknown) => thrown);
  return { result, cancel: () => client.abort() };
}
const cancelled = abortError();
const used = () => engine.models.memory.used;
const names = () => engine.models.known.map(({ name }) => name);
const stateOf = (name: string) => engine.models.find(name)?.state;
/** Threads and processes that this process has. */
const workers = () =>
  process.getActiveResourcesInfo().filter((one) => one === 'MessagePort' || one === 'ProcessWrap').length;

describe('a load whose client goes', () => {
  it(
    'ends wherever it is, and nothing of it is left: no memory, no worker, no name',
    { timeout: 180_000 },
    async () => {
      await start({ models: [whisper, clip] });
      // What all models share starts with the first of them.
      await engine.load(pictures());
      await engine.unload('pictures');
      await engine.models.forget('pictures');
      const [memory, before] = [used(), workers()];
      let ended = 0;
      for (let afterMs = 0, isLoaded = false; !isLoaded; afterMs = 1.4 * afterMs + 5) {
        const { result, cancel } = loading();
        await sleep(afterMs);
        cancel();
        isLoaded = (await result) !== cancelled;
        if (isLoaded) await engine.models.forget('pictures');
        else ended++;
        await expect.poll(names).toEqual(['demo-whisper', 'demo-clip']);
        expect(used()).toBe(memory);
        await expect.poll(workers).toBeLessThanOrEqual(before);
      }
      expect(ended).toBeGreaterThan(3);
      await engine.load(pictures());
      expect((await engine.encodeTexts({ texts: ['a'], model: 'pictures' })).stamp.model).toBe('pictures');
    },
  );

  it('gives its memory back while it waits for its place among those that are loaded at a time', async () => {
    await start({ modelLoads: 1 });
    const memory = used();
    const loads = ['first', 'second', 'third'].map(loading);
    await expect.poll(used).toBeGreaterThan(memory);
    const [first, ...others] = loads;
    for (const { cancel } of others) cancel();
    for (const { result } of others) expect(await result).toBe(cancelled);
    expect(await first.result).toMatchObject({ name: 'first', state: 'ready' });
    await expect.poll(names).toEqual(['demo-whisper', 'first']);
    expect(used()).toBe(memory + engine.models.get('first').memoryBytes);
    await engine.load(pictures('fourth'));
  });

  it('ends before its turn, and leaves the load that has it alone', async () => {
    await start();
    const reload = engine.models.reload('demo-whisper');
    const client = new AbortController();
    const until = { signal: client.signal, deadline: Infinity };
    const second = engine.models.reload('demo-whisper', until).catch((thrown: unknown) => thrown);
    client.abort();
    expect(await second).toBe(cancelled);
    await reload;
    expect(engine.models.get('demo-whisper')).toMatchObject({ loads: 2, state: 'ready', failures: 0 });
  });

  it('goes on for others who wait for it', async () => {
    await start({ models: [whisper, { ...pictures(), onDemand: true }] });
    const client = new AbortController();
    const until = { signal: client.signal, deadline: Infinity };
    const one = engine.models.bring('pictures', until).catch((thrown: unknown) => thrown);
    const other = engine.models.bring('pictures');
    client.abort();
    expect(await one).toBe(cancelled);
    expect(await other).toMatchObject({ state: 'ready', loads: 1 });
  });
});

describe('a load that calls wait for', () => {
  it('goes on once it has its memory, though none of them waits that long', async () => {
    await start({ models: [whisper, { ...pictures(), onDemand: true }] });
    const gone = new AbortController();
    const call = engine.encodeTexts({ texts: ['a'], model: 'pictures' }, { signal: gone.signal });
    await expect.poll(used).toBeGreaterThan(engine.models.get('demo-whisper').memoryBytes);
    gone.abort();
    await expect(call).rejects.toBe(cancelled);
    await expect.poll(() => stateOf('pictures')).toBe('ready');
  });
});

describe('a load of a model that is unloaded meanwhile', () => {
  it('ends, though it has its memory', async () => {
    await start();
    const memory = used();
    const { result } = loading();
    await expect.poll(used).toBeGreaterThan(memory);
    await engine.unload('pictures');
    expect(await result).toMatchObject({ reason: 'MODEL_NOT_FOUND' });
    expect(used()).toBe(memory);
    await engine.models.replace(pictures());
    expect(stateOf('pictures')).toBe('ready');
  });
});

describe('loads of an engine that closes', () => {
  it('end, whatever they are at, and leave no worker', async () => {
    const before = workers();
    await start({ modelLoads: 1 });
    const memory = used();
    const loads = ['a', 'b', 'c'].map(loading);
    await expect.poll(used).toBeGreaterThan(memory);
    await engine.close();
    for (const { result } of loads) expect(await result).toMatchObject({ reason: 'DRAINING' });
    expect(used()).toBe(memory);
    await expect.poll(workers).toBeLessThanOrEqual(before);
  });
});
