import { cp, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AudioContext } from '@triptych/client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { demoClip, demoModel, RATE, serveDemo, speech, type TestServer } from '../testing/harness.js';
import { readModelsFile } from './models-file.js';

let work: string;
let path: string;
let test: TestServer | undefined;
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'triptych-models-file-'));
  path = join(work, 'models.yaml');
  await cp(demoModel, join(work, 'whisper'), { recursive: true });
  await cp(demoClip, join(work, 'clip'), { recursive: true });
  await cp(demoModel, join(work, 'damaged'), { recursive: true });
  const weights = await readFile(join(demoModel, 'weights.parquet'));
  await writeFile(join(work, 'damaged/weights.parquet'), weights.subarray(0, 9999));
});
afterEach(async () => {
  await test?.close();
  test = undefined;
});
afterAll(() => rm(work, { recursive: true }));

/** As whoever cares writes it: whole, or not at all. */
async function replaceFile(text: string): Promise<void> {
  await writeFile(`${path}.new`, text);
  await rename(`${path}.new`, path);
}
const one = (name: string, folder: string, more = '') => `  - {name: ${name}, path: ${folder}${more}}\n`;
const states = () => Object.fromEntries(test!.server.models.known.map(({ name, state }) => [name, state]));
const clips = [{ format: { encoding: 1 as const, sampleRateHz: RATE }, data: speech('pizza-a') }];
const context = AudioContext.AUDIO_CONTEXT_TRIMMED;
const modelOf = async (model = '') =>
  (await test!.client.encodeAudio({ model, clips, context })).stamp?.model;
const settled = { timeout: 30_000, interval: 100 };

describe('a file of models', () => {
  it('is served, and served anew when it changes: versions, aliases, what comes and what goes', async () => {
    await replaceFile(
      `models:\n${one('w@1', 'whisper')}${one('late', 'clip', ', on-demand: true')}aliases: {live: w}\n`,
    );
    test = await serveDemo({ models: [], modelsFile: path });
    expect(states()).toEqual({ 'w@1': 'ready', late: 'standby' });
    expect(await Promise.all(['', 'w', 'live'].map(modelOf))).toEqual(['w@1', 'w@1', 'w@1']);
    let isOver = false;
    const failures: unknown[] = [];
    const traffic = (async () => {
      while (!isOver) await modelOf('live').catch((thrown: unknown) => failures.push(thrown));
    })();
    await replaceFile(`models:\n${one('w@2', 'whisper', ', current: true')}aliases: {live: w@2}\n`);
    await expect.poll(states, settled).toEqual({ 'w@2': 'ready' });
    isOver = true;
    await traffic;
    expect(failures).toEqual([]);
    expect(await Promise.all(['', 'w', 'live'].map(modelOf))).toEqual(['w@2', 'w@2', 'w@2']);
    await expect(modelOf('w@1')).rejects.toMatchObject({ code: 5 });
  });

  it('that changes how a model is loaded has it loaded anew, or at once, and what stays is left alone', async () => {
    await replaceFile(`models:\n${one('a', 'whisper')}${one('b', 'clip', ', on-demand: true')}`);
    test = await serveDemo({ models: [], modelsFile: path });
    expect(states()).toEqual({ a: 'ready', b: 'standby' });
    const loads = () => Object.fromEntries(test!.server.models.known.map(({ name, loads }) => [name, loads]));
    const before = loads();
    await replaceFile(`models:\n${one('a', 'whisper')}${one('b', 'clip')}`);
    await expect.poll(states, settled).toEqual({ a: 'ready', b: 'ready' });
    expect(loads()).toEqual({ a: before['a'], b: 1 });
    await replaceFile(`models:\n${one('a', 'whisper', ', precision: float32')}${one('b', 'clip')}`);
    await expect.poll(loads, settled).toEqual({ a: before['a'] + 1, b: 1 });
  });

  it('that is broken, half written, gone, or about the models of others changes nothing', async () => {
    const whole = `models:\n${one('a', 'whisper')}${one('b', 'whisper', ', on-demand: true')}`;
    await replaceFile(whole);
    const loads = () => test!.server.models.known.map(({ loads }) => loads);
    test = await serveDemo({ modelsFile: path });
    const before = states();
    expect(before).toEqual({ 'demo-whisper': 'ready', a: 'ready', b: 'standby' });
    const broken = [
      'models: [',
      'models: []',
      'models:\n  - {name: a}\n',
      `modells:\n${one('a', 'whisper')}`,
      `models:\n${one('demo-whisper', 'whisper')}`,
      '',
    ];
    for (const text of broken) {
      await replaceFile(text);
      await sleep(2200);
      expect(states(), text).toEqual(before);
    }
    await rm(path);
    await sleep(2200);
    // Whoever writes slowly is not read before it is done.
    for (let length = 10; length < whole.length; length += 10) {
      await writeFile(path, whole.slice(0, length));
      await sleep(150);
    }
    await writeFile(path, whole);
    await sleep(2500);
    expect(states()).toEqual(before);
    expect(loads()).toEqual([1, 1, 0]);
  });

  it('that names a model which cannot be loaded serves the others, and the one before', async () => {
    await replaceFile(`models:\n${one('a', 'whisper')}`);
    test = await serveDemo({ models: [], modelsFile: path });
    await replaceFile(`models:\n${one('a', 'damaged')}${one('c', 'damaged')}${one('b', 'whisper')}`);
    await expect.poll(states, settled).toEqual({ a: 'ready', b: 'ready' });
    expect(await modelOf('a')).toBe('a');
    expect(test.server.models.get('a')).toMatchObject({ loads: 1, failures: 1 });
    // It goes with its name, though what the file said of it last was never served.
    await replaceFile(`models:\n${one('b', 'whisper')}`);
    await expect.poll(states, settled).toEqual({ b: 'ready' });
  });

  it('that cannot even be looked at ends nothing, and counts again once it can', async () => {
    await replaceFile(`models:\n${one('a', 'whisper')}`);
    test = await serveDemo({ models: [], modelsFile: path });
    await rm(path);
    await symlink(path, path);
    await sleep(2200);
    expect(states()).toEqual({ a: 'ready' });
    await replaceFile(`models:\n${one('a', 'whisper')}${one('b', 'whisper', ', on-demand: true')}`);
    await expect.poll(states, settled).toEqual({ a: 'ready', b: 'standby' });
  });

  it('ends as the last of many edits says, whatever those before it said', async () => {
    await replaceFile(`models:\n${one('a', 'whisper')}`);
    test = await serveDemo({ models: [], modelsFile: path });
    for (let i = 0; i < 30; i++) {
      await replaceFile(`models:\n${one('a', 'whisper')}${one(`m${i}`, 'whisper')}`);
      await sleep(i % 10 === 9 ? 2500 : 30);
    }
    await expect.poll(states, settled).toEqual({ a: 'ready', m29: 'ready' });
    await expect
      .poll(() => test!.server.models.loaded.map(({ name }) => name), settled)
      .toEqual(['a', 'm29']);
  });
});

describe('a file of models that is wrong', () => {
  it.each([
    ['models: [', /models\.yaml:1: not valid YAML/],
    ['', /models\.yaml:1: document: expected a mapping of names to values/],
    ['models: []', /models\.yaml:1: models: expected at least one model/],
    ['models:\n  - name: a\n    path: x\n    port: 1\n', /models\.yaml:2: models\.0: expected no port/],
    ['models:\n  - name: a\n', /models\.yaml:2: models\.0: expected a path or a model of the hub/],
    ['models:\n  - name: a\n    path: x\n    hub: open/x\n', /:2: models\.0: expected a path or a model/],
    ['models:\n  - name: a\n    hub: x\n', /:3: models\.0\.hub: "x": expected OWNER\/NAME/],
    [
      'models:\n  - name: a\n    hub: closed/x@main\n',
      /:3: models\.0\.hub: this server does not load closed\/x \(--hub-model\)/,
    ],
    [
      'models:\n  - name: a\n    path: x\n    current: maybe\n',
      /:4: models\.0\.current: expected true or false/,
    ],
    ['models:\n  - name: 1\n    path: x\n', /models\.yaml:2: models\.0\.name: expected text/],
    [`models:\n${'  - {name: a, path: x}\n'.repeat(2)}`, /models: two are named a/],
    ['models: [{name: a, path: x}]\naliases: {a: a}\n', /aliases\.a: is the name of a model/],
    ['models: [{name: a, path: x}]\naliases: {b: []}\n', /models\.yaml:2: aliases\.b: expected text/],
  ])('is told so with its line and key: %.30j', async (text, message) => {
    await writeFile(path, text);
    expect(() => readModelsFile(path, ['open/*'])).toThrow(message);
  });

  it('may name models of the hub that are allowed, and folders', async () => {
    await writeFile(path, 'models: [{name: a, hub: open/x@v1, on-demand: true}, {name: b, path: x}]\n');
    expect(readModelsFile(path, ['open/*']).models).toMatchObject([
      { name: 'a', from: { hub: 'open/x@v1' }, onDemand: true },
      { name: 'b', from: { directory: join(work, 'x') } },
    ]);
  });

  it('ends the start, beside all else that is wrong', async () => {
    await replaceFile(`models:\n${one('a', 'none')}`);
    await expect(serveDemo({ modelsFile: path, tlsCert: '/none' })).rejects.toThrow(/problems:[^]*none/);
    await replaceFile(`models:\n${one('demo-whisper', 'whisper')}`);
    await expect(serveDemo({ modelsFile: path })).rejects.toThrow(/2 models are named demo-whisper/);
    await expect(serveDemo({ modelsFile: '/none' })).rejects.toThrow(/^--models \/none: no such file/);
  });
});
