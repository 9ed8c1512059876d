import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AudioEncoding } from '@triptych/client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Flags } from '../config/read-config.js';
import { demoClip, demoModel, RATE, serveDemo, speech, type TestServer } from '../testing/harness.js';

let root: string;
let test: TestServer;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'triptych-model-metrics-'));
  await cp(demoClip, join(root, 'clip'), { recursive: true });
  await cp(demoClip, join(root, 'damaged'), { recursive: true });
  await writeFile(join(root, 'damaged/weights.parquet'), 'no weights');
});
afterEach(() => test.close());
afterAll(() => rm(root, { recursive: true }));

const serve = async (flags: Flags = {}) => {
  test = await serveDemo({
    modelControl: true,
    modelRoots: [root],
    metricsListen: '127.0.0.1:0',
    ...flags,
  });
};

/** The values of a metric by their labels, `model="a",state="ready"`; all of them at one time. */
async function values(name: string): Promise<Record<string, number>> {
  const text = await (await fetch(`http://${test.server.metricsAddress}/metrics`)).text();
  const found = [...text.matchAll(new RegExp(`^${name}(?:\\{(.*)\\})? (\\S+)$`, 'gm'))];
  return Object.fromEntries(found.map(([, labels = '', value]) => [labels, Number(value)]));
}

/** The one state that a model is in; undefined for one that is not known. */
async function stateOf(model: string): Promise<string | undefined> {
  const states = Object.entries(await values('triptych_model_state'))
    .filter(([labels, value]) => labels.startsWith(`model="${model}",`) && value === 1)
    .map(([labels]) => /state="(.*)"/.exec(labels)?.[1]);
  expect(states.length).toBeLessThanOrEqual(1);
  return states[0];
}

async function loadsOf(model: string) {
  const loads = await values('triptych_model_loads_total');
  const of = (result: string) => loads[`model="${model}",result="${result}"`];
  return { loaded: of('loaded'), failed: of('failed') };
}

describe('metrics of models', () => {
  it('say the state of each, and count its loads and their failures', async () => {
    await serve();
    expect(await stateOf('demo-whisper')).toBe('ready');
    expect(await loadsOf('demo-whisper')).toEqual({ loaded: 1, failed: 0 });
    expect(await stateOf('pictures')).toBeUndefined();

    await test.client.loadModel({ model: 'pictures', path: 'clip', onDemand: true });
    expect(await stateOf('pictures')).toBe('standby');
    await test.client.loadModel({ model: 'pictures' });
    expect(await stateOf('pictures')).toBe('ready');
    expect(await loadsOf('pictures')).toEqual({ loaded: 1, failed: 0 });

    await expect(test.client.loadModel({ model: 'pictures', path: 'damaged' })).rejects.toThrow();
    expect(await stateOf('pictures')).toBe('ready');
    expect(await loadsOf('pictures')).toEqual({ loaded: 1, failed: 1 });

    await test.client.unloadModel({ model: 'pictures', wait: true });
    expect(await stateOf('pictures')).toBe('unloaded');
    await test.client.loadModel({ model: 'pictures' });
    expect(await stateOf('pictures')).toBe('ready');
    expect(await loadsOf('pictures')).toEqual({ loaded: 2, failed: 1 });
    expect(await loadsOf('demo-whisper')).toEqual({ loaded: 1, failed: 0 });
  });

  it('say that a model is unloading while a stream works with it, and failed where it could never be loaded', async () => {
    await serve();
    await test.client.loadModel({ model: 'pictures', path: 'damaged', onDemand: true });
    await expect(test.client.encodeTexts({ texts: ['a'] })).rejects.toMatchObject({
      details: { reason: 'NOT_READY' },
    });
    expect(await stateOf('pictures')).toBe('failed');
    expect(await loadsOf('pictures')).toEqual({ loaded: 0, failed: 1 });

    const stream = test.client.streamAudio();
    stream.configure({ format: { encoding: AudioEncoding.AUDIO_ENCODING_PCM_S16LE, sampleRateHz: RATE } });
    await stream[Symbol.asyncIterator]().next();
    await test.client.unloadModel({ model: 'demo-whisper' });
    expect(await stateOf('demo-whisper')).toBe('unloading');
    expect(await values('triptych_models_ending')).toEqual({ '': 1 });
    stream.cancel();
    await expect.poll(() => stateOf('demo-whisper')).toBe('unloaded');
    expect(await values('triptych_models_ending')).toEqual({ '': 0 });
  });

  it('say how many loads wait for others to end', async () => {
    await serve({ modelLoads: 1 });
    const waiting = async () => (await values('triptych_model_loads_waiting'))['for="turn"'];
    expect(await waiting()).toBe(0);
    const loads = ['a', 'b', 'c'].map((model) => test.client.loadModel({ model, path: 'clip' }));
    // Scrapes are few: rendering takes a twentieth of the event loop's time at most.
    await expect.poll(waiting, { interval: 1 }).toBeGreaterThan(0);
    await Promise.all(loads);
    expect(await waiting()).toBe(0);
  });

  it('say how many loads wait for memory', async () => {
    await serve();
    const { memoryBytes } = await test.client.loadModel({ model: 'pictures', path: 'clip' });
    await test.close();
    await serve({ models: [demoModel], modelMemory: Math.floor(1.5 * memoryBytes), modelWaitMs: 60_000 });
    const waiting = async () => (await values('triptych_model_loads_waiting'))['for="memory"'];
    const stream = test.client.streamAudio();
    stream.configure({ format: { encoding: AudioEncoding.AUDIO_ENCODING_PCM_S16LE, sampleRateHz: RATE } });
    await stream[Symbol.asyncIterator]().next();
    const load = test.client.loadModel({ model: 'pictures', path: 'clip' });
    await expect.poll(waiting).toBe(1);
    stream.cancel();
    await load;
    expect(await waiting()).toBe(0);
  });

  it('say how much a decoder holds, once it has started', async () => {
    await serve();
    const decoder = 'decoder="demo-whisper/speech"';
    const [sequences, bytes, waiting] = ['sequences', 'bytes', 'waiting'].map(
      (what) => () => values(`triptych_decoder_${what}`),
    );
    expect(await sequences()).toEqual({});
    const data = Buffer.concat(Array<Uint8Array>(60).fill(speech('pizza-a')));
    const format = { encoding: AudioEncoding.AUDIO_ENCODING_PCM_S16LE, sampleRateHz: RATE };
    const transcribing = test.client.transcribe({ format, data });
    await expect.poll(async () => (await sequences())[decoder], { interval: 1 }).toBeGreaterThan(0);
    await transcribing;
    for (const of of [sequences, bytes, waiting]) expect(await of()).toEqual({ [decoder]: 0 });
  });
});
