import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Flags } from '../../config/read-config.js';
import { demoClip, demoModel, picture, serveDemo, type TestServer } from '../../testing/harness.js';
import { AllowedHosts } from './allowed-hosts.js';
import { fetchFile } from './fetch-file.js';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;
const image = picture('pizza');
const moved =
  (location: string, status = 302): Answer =>
  (_request, response) =>
    response.writeHead(status, { location }).end();
const sent =
  (bytes: Uint8Array): Answer =>
  (_request, response) =>
    response.end(bytes);

/** What a server of files answers, by its path. */
const answers: Record<string, Answer> = {
  '/pizza.png': sent(image),
  '/moved': moved('/pizza.png', 301),
  '/round': moved('/round'),
  '/nowhere': (_request, response) => response.writeHead(302).end(),
  '/inside': moved('http://169.254.169.254/latest/meta-data'),
  '/file': moved('file:///etc/passwd'),
  '/missing': (_request, response) => response.writeHead(404).end('a secret of the inside'),
  '/packed': (_request, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(image),
  '/switched': (request) =>
    request.socket.end('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'),
  '/text': sent(Buffer.from('not an image')),
  '/silent': () => undefined,
  '/cut': (_request, response) => {
    response.writeHead(200, { 'content-length': 10_000 }).write('x');
    setTimeout(() => response.destroy(), 20);
  },
  '/endless': (_request, response) => {
    const more = () => {
      while (!response.destroyed && response.write(Buffer.alloc(65_536)));
      response.once('drain', more);
    };
    response.writeHead(200);
    more();
  },
};

let files: Server;
let host: string;
let asked: IncomingMessage[] = [];
beforeAll(async () => {
  files = createServer((request, response) => {
    asked.push(request);
    (answers[request.url ?? ''] ?? answers['/missing'])(request, response);
  }).listen(0, '127.0.0.1');
  await once(files, 'listening');
  host = `127.0.0.1:${(files.address() as AddressInfo).port}`;
});
afterAll(() => {
  files.closeAllConnections();
  files.close();
});

let test: TestServer;
afterEach(() => {
  asked = [];
});
const serve = async (flags: Flags = {}) => {
  test = await serveDemo({ models: [demoClip, demoModel], http: '127.0.0.1:0', urlHosts: [host], ...flags });
};

async function post(path: string, body: object): Promise<{ status: number; text: string }> {
  const response = await fetch(`http://${test.server.httpAddress}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, text: await response.text() };
}
const embed = (url: string) => post('/v1/embeddings', { input: url, modality: 'image' });
const dataUri = `data:image/png;base64,${image.toString('base64')}`;

describe('images and audio at a URL', () => {
  beforeAll(() => serve());
  afterAll(() => test.close());

  it('have the vectors of their bytes, wherever an input may stand', async () => {
    const url = `http://${host}/pizza.png`;
    for (const [path, body] of [
      ['/v1/embeddings', (input: string) => ({ input, modality: 'image' })],
      [
        '/v1/embeddings',
        (input: string) => ({ inputs: [{ content: [{ type: 'image_url', image_url: { url: input } }] }] }),
      ],
      ['/v1/rerank', (input: string) => ({ query: 'a pizza', documents: [{ image: input }, 'a boat'] })],
      ['/v1/classify', (input: string) => ({ input, modality: 'image', labels: ['pizza', 'volcano'] })],
    ] as const) {
      const [fetched, given] = [await post(path, body(url)), await post(path, body(dataUri))];
      expect(fetched).toEqual(given);
      expect(fetched.status).toBe(200);
    }
    expect(await embed(`http://${host}/moved`)).toEqual(await embed(dataUri));
    expect(asked[0].headers).toMatchObject({ accept: 'image/*', 'accept-encoding': 'identity' });
    expect(asked[0].headers.authorization).toBeUndefined();
  });

  it.each<[string, string, string, RegExp]>([
    ['another host', 'http://example.org/a.png', 'URL_REFUSED', /example\.org:80/],
    ['another port', 'http://127.0.0.1:1/a.png', 'URL_REFUSED', /127\.0\.0\.1:1,/],
    ['an address in disguise', 'http://2130706433:1/a.png', 'URL_REFUSED', /127\.0\.0\.1:1,/],
    ['a name of this machine', 'http://localhost/a.png', 'URL_REFUSED', /localhost:80/],
    ['another scheme', 'file:///etc/passwd', 'URL_REFUSED', /http or https/],
    ['a password', 'http://a:b@HOST/pizza.png', 'URL_REFUSED', /password/],
    ['no host', 'http://', 'URL_REFUSED', /cannot be read/],
    ['a long one', `http://HOST/${'a'.repeat(3000)}`, 'URL_REFUSED', /2048/],
    ['a redirect to the inside', 'http://HOST/inside', 'URL_REFUSED', /169\.254\.169\.254:80/],
    ['a redirect to a file', 'http://HOST/file', 'URL_REFUSED', /http or https/],
    ['a redirect to itself', 'http://HOST/round', 'URL_UNREADABLE', /more than 3 times/],
    ['a redirect to nowhere', 'http://HOST/nowhere', 'URL_UNREADABLE', /nowhere/],
    ['what is not there', 'http://HOST/missing', 'URL_UNREADABLE', /answers 404; expected 200/],
    ['what is compressed', 'http://HOST/packed', 'URL_UNREADABLE', /compressed/],
    ['what breaks off', 'http://HOST/cut', 'URL_UNREADABLE', /does not answer/],
    ['what switches protocols', 'http://HOST/switched', 'URL_UNREADABLE', /does not answer/],
    ['what is no image', 'http://HOST/text', 'IMAGE_FORMAT_UNKNOWN', /JPEG/],
  ])('say what is wrong with %s', async (_what, url, code, message) => {
    const { status, text } = await embed(url.replace('HOST', host));
    const { error } = JSON.parse(text) as { error: { code: string; param: string; message: string } };
    expect([status, error.code, error.param]).toEqual([400, code, 'input']);
    expect(error.message).toMatch(message);
    expect(text).not.toContain('secret');
  });

  it('are no longer asked for once their call is gone', async () => {
    const controller = new AbortController();
    const asking = fetch(`http://${test.server.httpAddress}/v1/embeddings`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ input: `http://${host}/silent`, modality: 'image' }),
      signal: controller.signal,
    }).catch((thrown: unknown) => thrown);
    while (asked.length === 0) await sleep(5);
    controller.abort();
    await asking;
    if (!asked[0].socket.destroyed) await once(asked[0].socket, 'close');
    expect(asked).toHaveLength(1);
  });
});

describe('files at a URL', () => {
  afterEach(() => test.close());

  it('stay within limits of bytes and of time', async () => {
    await serve({ maxMessageBytes: 3 * image.length, urlTimeoutMs: 300 });
    const endless = await embed(`http://${host}/endless`);
    expect([endless.status, endless.text]).toEqual([
      413,
      expect.stringContaining(`${3 * image.length} bytes`),
    ]);
    const statuses = [2, 4].map(async (length) => {
      const input = Array<string>(length).fill(`http://${host}/pizza.png`);
      return (await post('/v1/embeddings', { input, modality: 'image' })).status;
    });
    expect(await Promise.all(statuses)).toEqual([200, 413]);
    const silent = await embed(`http://${host}/silent`);
    expect([silent.status, silent.text]).toEqual([400, expect.stringContaining('within 300 ms')]);
    const last = asked.at(-1)!;
    if (!last.socket.destroyed) await once(last.socket, 'close');
  });

  it('are not of this machine by a name, allowed or not', async () => {
    const port = host.split(':')[1];
    await serve({ urlHosts: [`localhost:${port}`] });
    const { status, text } = await embed(`http://localhost:${port}/pizza.png`);
    expect([status, text]).toEqual([400, expect.stringContaining('not a public one')]);
    expect(asked).toHaveLength(0);
  });
});

it('a name is looked up once, by the socket that connects: its address cannot be another when that was checked', async () => {
  const port = host.split(':')[1];
  let lookups = 0;
  const fetching = {
    hosts: new AllowedHosts([`rebinding.example:${port}`]),
    resolve: async () => {
      lookups++;
      return [{ address: '127.0.0.1', family: 4 }];
    },
    signal: AbortSignal.timeout(2000),
    came: () => undefined,
    accept: 'image/*',
  };
  const fetched = fetchFile(`http://rebinding.example:${port}/pizza.png`, fetching);
  await expect(fetched).rejects.toMatchObject({ reason: 'URL_REFUSED' });
  expect([lookups, asked.length]).toEqual([1, 0]);
});

describe('hosts that are allowed', () => {
  const from = new URL('https://cdn.example.org/a');
  it.each<[string[], string, URL?]>([
    [['cdn.example.org'], 'https://cdn.example.org/a.png'],
    [['cdn.example.org'], 'http://CDN.example.org:80/a.png'],
    [['CDN.example.org:8443'], 'https://cdn.example.org:8443/a.png'],
    [['[::1]:8080'], 'http://[0:0:0:0:0:0:0:1]:8080/a.png'],
    [['cdn.example.org'], '/b.png', from],
  ])('%j take %s', (allowed, url, redirect) => {
    expect(new AllowedHosts(allowed).check(url, redirect).protocol).toMatch(/^https?:$/);
  });

  it.each<[string[], string, URL?]>([
    [['cdn.example.org'], 'https://cdn.example.org:8443/a.png'],
    [['cdn.example.org'], 'https://evil.cdn.example.org/a.png'],
    [['cdn.example.org'], 'https://cdn.example.org./a.png'],
    [['cdn.example.org:8443'], 'https://cdn.example.org/a.png'],
    [['cdn.example.org'], 'http://cdn.example.org/b.png', from],
    [['cdn.example.org'], '//evil.example.org/b.png', from],
  ])('%j do not take %s', (allowed, url, redirect) => {
    expect(() => new AllowedHosts(allowed).check(url, redirect)).toThrow(
      expect.objectContaining({ reason: 'URL_REFUSED' }),
    );
  });
});
