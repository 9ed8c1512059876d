import {
  type FileHandle,
  mkdtemp,
  open,
  readdir,
  readFile,
  rm,
  stat,
  truncate,
  utimes,
  writeFile,
  symlink,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TriptychError } from '@triptych/core';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type HubModel, type HubSettings, hubSettings, parseHubModel } from './hub-settings.js';
import { pullCheckpoint } from './pull.js';
import type { FindWanted } from './wanted-files.js';
import { COMMIT, type FakeHub, type Misfortune, startFakeHub } from './testing/fake-hub.js';

const model: HubModel = { name: 'open/tiny', revision: 'main' };
const weights = new Uint8Array(3_000_000).map((_, i) => (i * 2654435761) >>> 24);
const files = {
  'config.json': Buffer.from('{"model_type":"whisper"}'),
  'preprocessor_config.json': Buffer.from('{}'),
  'model.safetensors': weights,
  'pytorch_model.bin': Buffer.from('not wanted'),
  'README.md': Buffer.from('not wanted'),
};

/** A model with a tokenizer, and modules that a list names, each with a text and weights. */
const findWanted: FindWanted = () => ({
  files: {
    required: [],
    optional: ['tokenizer.json', 'modules.json'],
    namedIn: (texts) => modulesOf(texts).map((module) => `${module}/config.json`),
  },
  moreWeights: (texts) => modulesOf(texts).map((module) => ({ path: `${module}/model.safetensors` })),
});
const modulesOf = (texts: Readonly<Record<string, string>>) =>
  JSON.parse(texts['modules.json'] ?? '[]') as string[];

let work: string;
const hubs: FakeHub[] = [];
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'triptych-hub-'));
});
afterEach(async () => {
  await Promise.all(hubs.splice(0).map((hub) => hub.close()));
});
afterAll(() => rm(work, { recursive: true }));

async function hub(content: Readonly<Record<string, Uint8Array>> = files, token?: string): Promise<FakeHub> {
  const started = await startFakeHub(model.name, content, token === undefined ? {} : { token });
  hubs.push(started);
  return started;
}

async function settings(endpoint: string, more: Partial<HubSettings> = {}): Promise<HubSettings> {
  const cache = await mkdtemp(join(work, 'cache-'));
  return { endpoint, cache, token: undefined, offline: false, ...more };
}

/** Befalls the first `times` requests for a path that ends so. */
function befall(path: string, times: number, misfortune: Misfortune): Misfortune {
  let left = times;
  return (request, response) =>
    (request.url ?? '').split('?')[0].endsWith(path) && left-- > 0 && misfortune(request, response);
}

/** Comparing element by element, as toEqual does, takes seconds. */
async function holdsWeights(directory: string): Promise<boolean> {
  return (await readFile(join(directory, 'model.safetensors'))).equals(weights);
}

const refuse =
  (status: number, headers: Record<string, string> = {}): Misfortune =>
  (_, response) => {
    response.writeHead(status, headers).end();
    return true;
  };

describe('a pull', () => {
  it('brings what serving needs and nothing else, in the shared layout of the cache', async () => {
    const { endpoint } = await hub();
    const at = await settings(endpoint);
    const shares: number[] = [];
    const pulled = await pullCheckpoint(model, at, findWanted, ({ doneBytes, totalBytes }) =>
      shares.push(doneBytes / totalBytes),
    );
    expect(pulled.commit).toBe(COMMIT);
    const folder = join(at.cache, 'models--open--tiny');
    expect(pulled.directory).toBe(join(folder, 'snapshots', COMMIT));
    expect((await readdir(pulled.directory)).sort()).toEqual([
      'config.json',
      'model.safetensors',
      'preprocessor_config.json',
    ]);
    expect(await holdsWeights(pulled.directory)).toBe(true);
    expect(await readFile(join(folder, 'refs/main'), 'utf8')).toBe(COMMIT);
    expect(await readdir(join(folder, 'blobs'))).toHaveLength(3);
    expect(shares.at(-1)).toBe(1);
  });

  it('of what is in the cache asks for no file again', async () => {
    const { endpoint, requests } = await hub();
    const at = await settings(endpoint);
    await pullCheckpoint(model, at, findWanted);
    requests.length = 0;
    await pullCheckpoint(model, at, findWanted);
    expect(requests.filter((request) => /resolve|cdn/.test(request))).toEqual([]);
  });

  const damaged = Buffer.from(weights).fill(7, 100, 101);

  it.each<[string, (blob: string, directory: string) => Promise<unknown>]>([
    [
      'is cut short, as a crash leaves it',
      async (blob) => {
        const { atime, mtime } = await stat(blob);
        await truncate(blob, 1_000_000);
        await utimes(blob, atime, mtime);
      },
    ],
    ['was changed after it was checked', (blob) => sleep(50).then(() => writeFile(blob, damaged))],
    [
      'is damaged, and of another commit so far',
      async (blob, directory) => {
        await writeFile(blob, damaged);
        await rm(directory, { recursive: true });
      },
    ],
    [
      'is damaged, and linked later, as other tools and a crash leave it',
      async (blob, directory) => {
        await writeFile(blob, damaged);
        await rm(join(dirname(dirname(blob)), '.checked'), { recursive: true });
        await rm(join(directory, 'model.safetensors'));
        await symlink(relative(directory, blob), join(directory, 'model.safetensors'));
      },
    ],
  ])('brings a file anew that is in the cache and %s', async (_, damage) => {
    const { endpoint } = await hub();
    const at = await settings(endpoint);
    const { directory } = await pullCheckpoint(model, at, findWanted);
    const blobs = join(at.cache, 'models--open--tiny/blobs');
    const blob = (await readdir(blobs)).find((name) => name.length === 64) ?? '';
    await damage(join(blobs, blob), directory);
    await pullCheckpoint(model, at, findWanted);
    expect(await holdsWeights(directory)).toBe(true);
  });

  it('has each file on the disk before it is taken for whole', async () => {
    const { endpoint } = await hub();
    const at = await settings(endpoint);
    const blobs = join(at.cache, 'models--open--tiny/blobs');
    const handle = await open(work);
    const prototype = Object.getPrototypeOf(handle) as FileHandle;
    await handle.close();
    /** By the inodes of what is flushed, the names that there were. */
    const flushed = new Map<number, string[]>();
    const sync = vi.spyOn(prototype, 'sync').mockImplementation(async function (this: FileHandle) {
      flushed.set((await this.stat()).ino, await readdir(blobs));
    });
    await pullCheckpoint(model, at, findWanted);
    sync.mockRestore();
    const names = await readdir(blobs);
    expect(names).toHaveLength(3);
    for (const name of names)
      expect(flushed.get((await stat(join(blobs, name))).ino)).toContain(`${name}.incomplete`);
  });

  it('reads every shard that an index names', async () => {
    const index = {
      weight_map: { a: 'model-1.safetensors', b: 'model-2.safetensors', c: 'model-1.safetensors' },
    };
    const { endpoint } = await hub({
      'config.json': files['config.json'],
      'model.safetensors.index.json': Buffer.from(JSON.stringify(index)),
      'model-1.safetensors': weights.subarray(0, 1000),
      'model-2.safetensors': weights.subarray(1000, 3000),
    });
    const { directory } = await pullCheckpoint(model, await settings(endpoint), findWanted);
    expect((await stat(join(directory, 'model-2.safetensors'))).size).toBe(2000);
  });

  it('brings what texts of the model name: further texts, and weights', async () => {
    const all = {
      ...files,
      'modules.json': Buffer.from('["1_Dense"]'),
      '1_Dense/config.json': Buffer.from('{}'),
      '1_Dense/model.safetensors': weights.subarray(0, 100),
      '1_Dense/README.md': Buffer.from('not wanted'),
    };
    const { endpoint } = await hub(all);
    const at = await settings(endpoint);
    const { directory } = await pullCheckpoint(model, at, findWanted);
    expect((await readdir(join(directory, '1_Dense'))).sort()).toEqual(['config.json', 'model.safetensors']);
    const offline = { ...at, offline: true };
    expect((await pullCheckpoint(model, offline, findWanted)).directory).toBe(directory);
    await rm(join(directory, '1_Dense/model.safetensors'));
    await expect(pullCheckpoint(model, offline, findWanted)).rejects.toMatchObject({ reason: 'HUB_OFFLINE' });
  });

  it.each(['../../evil', '/etc', 'a/../..'])('follows no text to %s', async (module) => {
    const { endpoint } = await hub({ ...files, 'modules.json': Buffer.from(JSON.stringify([module])) });
    const at = await settings(endpoint);
    await expect(pullCheckpoint(model, at, findWanted)).rejects.toMatchObject({ reason: 'HUB_CORRUPT' });
  });

  it('of a model that is not served, or lacks what it takes, stops before the weights', async () => {
    const { endpoint, requests } = await hub();
    const unknown = () => {
      throw new TriptychError('ARCHITECTURE_UNKNOWN', 'no such family');
    };
    const at = await settings(endpoint);
    await expect(pullCheckpoint(model, at, unknown)).rejects.toMatchObject({
      reason: 'ARCHITECTURE_UNKNOWN',
    });
    const demanding = () => ({ files: { required: ['vocab.txt'], optional: [] } });
    await expect(pullCheckpoint(model, at, demanding)).rejects.toThrow(/no vocab.txt/);
    expect(requests.filter((request) => /resolve.*safetensors/.test(request))).toEqual([]);
  });

  it.each(['../../evil.safetensors', 'evil.bin'])('follows no index to %s', async (shard) => {
    const index = Buffer.from(JSON.stringify({ weight_map: { a: shard } }));
    const { endpoint } = await hub({
      'config.json': files['config.json'],
      'model.safetensors.index.json': index,
    });
    await expect(pullCheckpoint(model, await settings(endpoint), findWanted)).rejects.toMatchObject({
      reason: 'HUB_CORRUPT',
    });
  });

  it('goes on where the connection was cut', async () => {
    const started = await hub();
    const cut: Misfortune = (request, response) => {
      const start = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
      if (request.headers.range === 'bytes=0-0') return false;
      response.writeHead(start === 0 ? 200 : 206, {
        'content-length': weights.length - start,
        'content-range': `bytes ${start}-${weights.length - 1}/${weights.length}`,
      });
      response.write(weights.subarray(start, start + 400_000), () =>
        setTimeout(() => response.destroy(), 50),
      );
      return true;
    };
    started.misfortune = befall('/cdn/model.safetensors', 4, cut);
    const { directory } = await pullCheckpoint(model, await settings(started.endpoint), findWanted);
    expect(await holdsWeights(directory)).toBe(true);
    const ranges = started.requests.filter((r) => r.includes('/cdn/') && /bytes=[1-9]/.test(r));
    expect(ranges.length).toBeGreaterThanOrEqual(2);
  });

  it('goes on where an earlier run was killed, and starts over where that left something else', async () => {
    for (const left of [weights.subarray(0, 1_000_000), weights.subarray(5, 2_000_005)]) {
      const { endpoint, requests } = await hub();
      const at = await settings(endpoint);
      const { directory } = await pullCheckpoint(model, at, findWanted);
      const blobs = join(at.cache, 'models--open--tiny/blobs');
      const blob = (await readdir(blobs)).find((name) => name.length === 64) ?? '';
      await rm(directory, { recursive: true });
      await rm(join(blobs, blob));
      await writeFile(join(blobs, `${blob}.incomplete`), left);
      requests.length = 0;
      await pullCheckpoint(model, at, findWanted);
      expect(await holdsWeights(directory)).toBe(true);
      expect(requests.some((request) => request.includes(`bytes=${left.length}-`))).toBe(true);
      expect((await readdir(blobs)).filter((name) => name.endsWith('.incomplete'))).toEqual([]);
    }
  });

  it('takes nothing that has another hash than announced', async () => {
    const started = await hub();
    const at = await settings(started.endpoint);
    started.misfortune = befall('/cdn/model.safetensors', 9, (request, response) => {
      if (request.headers.range === 'bytes=0-0') return false;
      response.end(Buffer.from(weights).fill(7, 100, 101));
      return true;
    });
    await expect(pullCheckpoint(model, at, findWanted)).rejects.toMatchObject({ reason: 'HUB_CORRUPT' });
    const snapshot = join(at.cache, 'models--open--tiny/snapshots', COMMIT);
    expect(await readdir(snapshot)).not.toContain('model.safetensors');
  });

  it('waits as long as Retry-After says', async () => {
    const started = await hub();
    started.misfortune = befall(
      '/resolve/' + COMMIT + '/config.json',
      1,
      refuse(429, { 'retry-after': '1' }),
    );
    const since = performance.now();
    await pullCheckpoint(model, await settings(started.endpoint), findWanted);
    expect(performance.now() - since).toBeGreaterThanOrEqual(990);
  });

  it('does not wait for an hour', async () => {
    const started = await hub();
    started.misfortune = befall('/revision/main', 9, refuse(429, { 'retry-after': '3600' }));
    const pull = pullCheckpoint(model, await settings(started.endpoint), findWanted);
    await expect(pull).rejects.toThrow(/answered 429 to 1 attempts and asks to wait 3600 s/);
  });

  it('sends its token to the hub and to nobody else', async () => {
    const started = await hub(files, 'a-secret');
    const seen = new Map<string, string | undefined>();
    started.misfortune = (request) => {
      seen.set(request.url ?? '', request.headers.authorization);
      return false;
    };
    await pullCheckpoint(model, await settings(started.endpoint, { token: 'a-secret' }), findWanted);
    const elsewhere = [...seen].filter(([url]) => url.startsWith('/cdn/'));
    expect(elsewhere).toEqual([['/cdn/model.safetensors', undefined]]);
  });

  it.each([
    ['no token', undefined, /answers 401 .*set HF_TOKEN/],
    ['another token', 'another', /answers 403 .*the token is not valid/],
  ])('with %s is denied', async (_, token, message) => {
    const { endpoint } = await hub(files, 'a-secret');
    const denied = pullCheckpoint(model, await settings(endpoint, { token }), findWanted);
    await expect(denied).rejects.toMatchObject({ reason: 'HUB_DENIED' });
    await expect(denied).rejects.toThrow(message);
  });

  it.each([
    ['model', { name: 'open/other', revision: 'main' }],
    ['revision', { name: 'open/tiny', revision: 'v9' }],
  ])('of an unknown %s says so', async (_, unknown) => {
    const { endpoint } = await hub();
    const pull = pullCheckpoint(unknown, await settings(endpoint), findWanted);
    await expect(pull).rejects.toThrow(`${endpoint} has no ${unknown.name} at ${unknown.revision}`);
  });

  it('of a model without safetensors says so', async () => {
    const { endpoint } = await hub({ 'config.json': files['config.json'], 'pytorch_model.bin': weights });
    await expect(pullCheckpoint(model, await settings(endpoint), findWanted)).rejects.toThrow(
      /only safetensors are read/,
    );
  });

  it('from where nobody listens says so', async () => {
    const started = await hub();
    await started.close();
    const pull = pullCheckpoint(model, await settings(started.endpoint), findWanted);
    await expect(pull).rejects.toMatchObject({ reason: 'HUB_UNREACHABLE' });
    await expect(pull).rejects.toThrow(/ECONNREFUSED/);
  });

  it('offline takes what is in the cache, and says what is not', async () => {
    const started = await hub();
    const at = await settings(started.endpoint);
    const { directory } = await pullCheckpoint({ ...model, revision: 'v1' }, at, findWanted);
    await started.close();
    const offline = { ...at, offline: true };
    expect((await pullCheckpoint({ ...model, revision: 'v1' }, offline, findWanted)).directory).toBe(
      directory,
    );
    expect((await pullCheckpoint({ ...model, revision: COMMIT }, offline, findWanted)).directory).toBe(
      directory,
    );
    await expect(pullCheckpoint(model, offline, findWanted)).rejects.toMatchObject({ reason: 'HUB_OFFLINE' });
    await rm(join(directory, 'model.safetensors'));
    await expect(pullCheckpoint({ ...model, revision: 'v1' }, offline, findWanted)).rejects.toMatchObject({
      reason: 'HUB_OFFLINE',
    });
  });
});

describe('settings', () => {
  it('are those of the environment, flags first', () => {
    const environment = {
      HF_ENDPOINT: 'http://hub.local/',
      HF_TOKEN: 'hf_a',
      HF_HOME: '/h',
      HF_HUB_OFFLINE: '1',
    };
    expect(hubSettings(environment)).toEqual({
      endpoint: 'http://hub.local',
      token: 'hf_a',
      cache: '/h/hub',
      offline: true,
    });
    expect(hubSettings(environment, { token: 'hf_b', offline: false })).toMatchObject({
      token: 'hf_b',
      offline: false,
    });
  });

  it('tell names of models from paths', () => {
    expect(parseHubModel('openai/whisper-tiny')).toEqual({ name: 'openai/whisper-tiny', revision: 'main' });
    expect(parseHubModel('openai/clip@refs/pr/3')).toEqual({ name: 'openai/clip', revision: 'refs/pr/3' });
    for (const path of [
      './models/demo',
      'models',
      '/models/a',
      'a/b/c',
      '../a',
      'a/..',
      'a/b@../c',
      'a--b/c',
    ])
      expect(parseHubModel(path)).toBeUndefined();
  });

  it('offline takes no cache whose optional files other tools did not ask for', async () => {
    const started = await hub({ ...files, 'tokenizer.json': Buffer.from('{}') });
    const at = await settings(started.endpoint);
    const { directory } = await pullCheckpoint(model, at, findWanted);
    const offline = { ...at, offline: true };
    expect((await pullCheckpoint(model, offline, findWanted)).directory).toBe(directory);
    // As another tool leaves it: it asked for no modules.json, and so knows nothing of one.
    await rm(join(directory, '../../.no_exist'), { recursive: true });
    await expect(pullCheckpoint(model, offline, findWanted)).rejects.toThrow(/modules\.json may be missing/);
  });
});
