import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGzip } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { download } from './download.js';
import { redirected } from './hub-fetch.js';
import type { HubSettings } from './hub-settings.js';
import { pullCheckpoint } from './pull.js';
import { COMMIT, type FakeHub, type Misfortune, startFakeHub } from './testing/fake-hub.js';

const model = { name: 'open/tiny', revision: 'main' };
const weights = new Uint8Array(300_000).map((_, i) => (i * 2654435761) >>> 24);
const files = { 'config.json': Buffer.from('{"model_type":"whisper"}'), 'model.safetensors': weights };
const MIB = 1024 * 1024;
/** git's. */
const CONFIG_HASH = createHash('sha1').update('blob 24\0').update(files['config.json']).digest('hex');

const findWanted = () => ({ files: { required: [], optional: ['tokenizer.json'] } });

let work: string;
const hubs: FakeHub[] = [];
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'triptych-hostile-hub-'));
});
afterEach(async () => {
  await Promise.all(hubs.splice(0).map((hub) => hub.close()));
});
afterAll(() => rm(work, { recursive: true }));

async function start(
  misfortune: Misfortune,
  content: Readonly<Record<string, Uint8Array>> = files,
): Promise<{ hub: FakeHub; at: HubSettings; folder: string }> {
  const hub = await startFakeHub(model.name, content);
  hubs.push(hub);
  hub.misfortune = misfortune;
  const cache = await mkdtemp(join(work, 'cache-'));
  const at = { endpoint: hub.endpoint, cache, token: undefined, offline: false };
  return { hub, at, folder: join(cache, 'models--open--tiny') };
}

const isFor = (request: IncomingMessage, path: string) => (request.url ?? '').split('?')[0].endsWith(path);

/** Befalls every request for a path that ends so. */
const always =
  (path: string, misfortune: (request: IncomingMessage, response: ServerResponse) => void): Misfortune =>
  (request, response) => {
    if (!isFor(request, path)) return false;
    misfortune(request, response);
    return true;
  };

/** Writes until the other side has enough; counts what was taken. */
function pour(into: NodeJS.WritableStream, sent: { bytes: number }, piece = Buffer.alloc(MIB, '[')): void {
  const more = () => {
    while (into.writable && into.write(piece)) sent.bytes += piece.length;
    if (into.writable) into.once('drain', more);
  };
  into.on('error', () => undefined);
  more();
}

/** What `paths-info` answers, changed. */
const listing = (change: (infos: Record<string, unknown>[]) => unknown): Misfortune =>
  always('/paths-info/' + COMMIT, (request, response) => {
    request.resume();
    const infos = [
      { path: 'config.json', type: 'file', size: 24, oid: CONFIG_HASH },
      {
        path: 'model.safetensors',
        type: 'file',
        size: 300_000,
        oid: 'b'.repeat(40),
        lfs: { oid: 'c'.repeat(64), size: 300_000 },
      },
    ];
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(change(infos)));
  });

const requestsFor = ({ requests }: FakeHub, path: string) =>
  requests.filter((request) => request.includes(path));

describe('a file of a hub', () => {
  it('that never ends is cut where the hub said that it ends', async () => {
    const sent = { bytes: 0 };
    const { hub, at, folder } = await start(always('/cdn/model.safetensors', (_, to) => pour(to, sent)));
    await expect(pullCheckpoint(model, at, findWanted)).rejects.toMatchObject({ reason: 'HUB_CORRUPT' });
    expect(sent.bytes).toBeLessThan(64 * MIB);
    expect(requestsFor(hub, '/cdn/model.safetensors')).toHaveLength(1);
    const blobs = await readdir(join(folder, 'blobs'));
    const sizes = await Promise.all(
      blobs.map(async (name) => (await stat(join(folder, 'blobs', name))).size),
    );
    expect(Math.max(...sizes)).toBeLessThanOrEqual(weights.length);
  });

  it.each([
    ['one byte fewer than announced', (from: number) => weights.subarray(from, weights.length - 1)],
    ['one byte at a time', (from: number) => weights.subarray(from, from + 1)],
  ])('that comes with %s is asked for a few times, with growing pauses', async (_, part) => {
    const { hub, at } = await start(
      always('/cdn/model.safetensors', (request, response) => {
        const from = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
        const bytes = part(from);
        const range = `bytes ${from}-${from + bytes.length}/*`;
        response.writeHead(from === 0 ? 200 : 206, { 'content-range': range }).end(bytes);
      }),
    );
    const since = performance.now();
    const pull = pullCheckpoint(model, at, findWanted);
    await expect(pull).rejects.toMatchObject({ reason: 'HUB_UNREACHABLE' });
    await expect(pull).rejects.toThrow(/of 300000 bytes came/);
    expect(requestsFor(hub, '/cdn/model.safetensors')).toHaveLength(5);
    expect(performance.now() - since).toBeGreaterThan(5900);
  });

  it('goes on where it stopped, or from its beginning where the hub knows no ranges', async () => {
    let asked = 0;
    const { at } = await start((request, response) => {
      if (!isFor(request, '/cdn/model.safetensors')) return false;
      response.writeHead(200).end(asked++ === 0 ? weights.subarray(0, 1000) : weights);
      return true;
    });
    const { directory } = await pullCheckpoint(model, at, findWanted);
    expect((await readFile(join(directory, 'model.safetensors'))).equals(weights)).toBe(true);
    expect(asked).toBe(2);
  });

  it('that only trickles is given up', async () => {
    const size = 10_000_000;
    const opened: number[] = [];
    const trickle = download({ path: 'slow', size, hash: 'd'.repeat(64) }, join(work, 'slow'), {
      silenceMs: 300,
      onBytes: () => undefined,
      open: (from) => {
        opened.push(from);
        let timer: NodeJS.Timeout;
        const body = new ReadableStream<Uint8Array>({
          start: (controller) => {
            timer = setInterval(() => controller.enqueue(new Uint8Array(10)), 20);
          },
          cancel: () => clearInterval(timer),
        });
        return Promise.resolve({ start: from, body: body as NonNullable<Response['body']> });
      },
    });
    await expect(trickle).rejects.toMatchObject({ reason: 'HUB_UNREACHABLE' });
    expect(opened).toHaveLength(5);
  });

  it('for which the disk has no room is not begun', async () => {
    const size = 2 ** 52;
    const { hub, at } = await start(
      listing(([config, large]) => [config, { ...large, lfs: { oid: 'c'.repeat(64), size } }]),
    );
    const pull = pullCheckpoint(model, at, findWanted);
    await expect(pull).rejects.toMatchObject({ reason: 'FILE_UNREADABLE' });
    await expect(pull).rejects.toThrow(/has room for \d+; free some/);
    expect(requestsFor(hub, 'model.safetensors')).toEqual([]);
  });

  it('that fills the disk ends the pull, and is not asked for again', async () => {
    const { hub, at } = await start(listing((infos) => infos));
    await mkdir(join(at.cache, 'models--open--tiny/blobs'), { recursive: true });
    // A file that has no room for a byte.
    const partial = join(at.cache, 'models--open--tiny/blobs', `${'c'.repeat(64)}.incomplete`);
    await symlink('/dev/full', partial);
    const pull = pullCheckpoint(model, at, findWanted);
    await expect(pull).rejects.toMatchObject({ reason: 'FILE_UNREADABLE' });
    await expect(pull).rejects.toThrow(/cannot be written \(ENOSPC/);
    expect(requestsFor(hub, '/cdn/model.safetensors')).toHaveLength(1);
  });
});

describe('an answer of a hub', () => {
  const paths = [`/revision/main`, `/paths-info/${COMMIT}`];

  it.each(paths.flatMap((path) => [200, 400, 404].map((status) => [path, status] as const)))(
    'to %s with status %i and no end is not read to it',
    async (path, status) => {
      const sent = { bytes: 0 };
      const { at } = await start(
        always(path, (request, response) => {
          request.resume();
          response.writeHead(status, { 'content-type': 'application/json' });
          pour(response, sent);
        }),
      );
      const before = process.memoryUsage().rss;
      await expect(pullCheckpoint(model, at, findWanted)).rejects.toMatchObject({ reason: 'HUB_CORRUPT' });
      expect(sent.bytes).toBeLessThan(64 * MIB);
      expect(process.memoryUsage().rss - before).toBeLessThan(200 * MIB);
    },
  );

  it('that is compressed a thousandfold is not read to its end', async () => {
    const sent = { bytes: 0 };
    const { at } = await start(
      always('/revision/main', (_, response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
        const zip = createGzip();
        zip.pipe(response);
        response.on('close', () => zip.destroy());
        pour(zip, sent);
      }),
    );
    await expect(pullCheckpoint(model, at, findWanted)).rejects.toMatchObject({ reason: 'HUB_CORRUPT' });
    expect(sent.bytes).toBeLessThan(512 * MIB);
  });

  it('that leads in a circle is followed a few times', async () => {
    const { hub, at } = await start(
      always('/revision/main', (request, response) => {
        response.writeHead(307, { location: request.url }).end();
      }),
    );
    await expect(pullCheckpoint(model, at, findWanted)).rejects.toThrow(/redirects more than 5 times/);
    expect(hub.requests).toHaveLength(6);
  });

  it('leads to no less private place', () => {
    const hub = new URL('https://hub/a/b');
    expect(redirected(hub, '/c').href).toBe('https://hub/c');
    expect(redirected(hub, 'https://cdn/c').href).toBe('https://cdn/c');
    expect(redirected(new URL('http://hub'), 'https://cdn/c').href).toBe('https://cdn/c');
    for (const location of ['http://cdn/c', 'file:///etc/passwd', 'data:,a', 'http://', null])
      expect(() => redirected(hub, location)).toThrow(/redirects to/);
  });

  it.each([
    ['no size', { size: undefined, lfs: undefined }],
    ['a size that is no number', { size: '7', lfs: undefined }],
    ['less than nothing', { size: -1, lfs: undefined }],
    ['a size beyond all files', { size: 2 ** 60, lfs: undefined }],
    ['a quarter of a gigabyte of configuration', { size: 300_000_000 }],
    ['no hash', { oid: undefined }],
    ['a hash that is a path', { oid: '../../../../evil' }],
    ['a hash in a list', { oid: ['a'.repeat(40)] }],
  ])('that announces %s is refused, and no file asked for', async (_, change) => {
    const { hub, at } = await start(listing(([config, large]) => [{ ...config, ...change }, large]));
    await expect(pullCheckpoint(model, at, findWanted)).rejects.toMatchObject({ reason: 'HUB_CORRUPT' });
    expect(requestsFor(hub, '/resolve/')).toEqual([]);
  });

  it('that lists other files than it was asked for, or one many times, brings none of them', async () => {
    const evil = ['../../evil', '/tmp/evil', '..\\evil', 'config.json/../../evil', 'evil'];
    const { at, folder } = await start((request, response) => {
      if (!isFor(request, `/paths-info/${COMMIT}`)) return false;
      const own = { path: 'config.json', type: 'file', size: 24, oid: 'a'.repeat(40) };
      const infos = [...evil.map((path) => ({ ...own, path })), ...Array<typeof own>(1000).fill(own)];
      request.resume();
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(infos));
      return true;
    });
    await expect(pullCheckpoint(model, at, findWanted)).rejects.toThrow(/only safetensors are read/);
    expect(await readdir(at.cache)).toEqual([]);
    await expect(stat(folder)).rejects.toThrow('ENOENT');
  });
});

describe('an index of a hub', () => {
  it.each([
    'not JSON',
    'null',
    '{}',
    '{"weight_map": null}',
    '{"weight_map": {"a": 7}}',
    '{"weight_map": {"a": "/etc/a.safetensors"}}',
    '{"weight_map": {"a": "..\\\\a.safetensors"}}',
    '{"weight_map": {"a": "a\\u0000.safetensors"}}',
  ])('that holds %s is refused', async (text) => {
    const { at } = await start(() => false, {
      'config.json': files['config.json'],
      'model.safetensors.index.json': Buffer.from(text),
    });
    const pull = pullCheckpoint(model, at, findWanted);
    await expect(pull).rejects.toMatchObject({ reason: 'HUB_CORRUPT' });
    await expect(pull).rejects.toThrow(/^model.safetensors.index.json: expected/);
  });
});
