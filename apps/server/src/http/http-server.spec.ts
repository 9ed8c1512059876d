import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type RequestOptions, request as httpsRequest } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Flags } from '../config/read-config.js';
import { tokenHash } from '../security/token-file.js';
import { demoClip, serveDemo, type TestServer } from '../testing/harness.js';
import { rawConnection, rawRequest } from '../testing/raw-http.js';

let test: TestServer;
let base: string;
let work: string;
beforeAll(async () => void (work = await mkdtemp(join(tmpdir(), 'triptych-http-'))));
afterAll(() => rm(work, { recursive: true }));
afterEach(() => test.close());

async function serve(flags: Flags = {}): Promise<string> {
  test = await serveDemo({ models: [demoClip], http: '127.0.0.1:0', ...flags });
  base = `http://${test.server.httpAddress}`;
  return test.server.httpAddress!;
}

function ask(path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
  const json = { 'content-type': 'application/json' };
  return body === undefined
    ? fetch(`${base}${path}`, { headers })
    : fetch(`${base}${path}`, {
        method: 'POST',
        headers: { ...json, ...headers },
        body: JSON.stringify(body),
      });
}

async function metric(line: string): Promise<number> {
  const text = await (await ask('/metrics')).text();
  return Number(new RegExp(`^${line.replaceAll(/[{}"/*]/g, '\\$&')} (.*)$`, 'm').exec(text)?.[1] ?? NaN);
}

async function tokens(...entries: [token: string, methods: string[]][]): Promise<string> {
  const path = join(work, 'tokens.json');
  const all = entries.map(([token, methods]) => ({ name: token, sha256: tokenHash(token), methods }));
  await writeFile(path, JSON.stringify({ tokens: all }));
  return path;
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const texts = '/triptych.v1.TextEncoder/*';

describe('who may ask', () => {
  it('is told by tokens, each for the methods of gRPC that a route stands for', async () => {
    await serve({ tokens: await tokens(['texts', [texts]], ['all', ['*']]) });
    const status = async (path: string, body?: unknown, headers = {}) =>
      (await ask(path, body, headers)).status;
    const input = { input: 'a' };
    const image = { input: 'data:image/png;base64,AAAA', modality: 'image' };
    expect(await status('/v1/embeddings', input)).toBe(401);
    expect(await status('/v1/embeddings', input, bearer('nobody'))).toBe(401);
    expect(await status('/v1/embeddings', input, bearer('texts'))).toBe(200);
    expect(await status('/v1/embeddings', image, bearer('texts'))).toBe(403);
    expect(await status('/v1/embeddings', image, bearer('all'))).toBe(400);
    expect(await status('/v1/rerank', {}, bearer('texts'))).toBe(403);
    expect(await status('/v1/models', undefined, bearer('texts'))).toBe(403);
    expect(await status('/metrics', undefined, bearer('texts'))).toBe(403);
    expect(await status('/metrics', undefined, bearer('all'))).toBe(200);
    expect(await status('/livez')).toBe(200);
    const ready = '/v2/models/demo-clip-text/ready';
    expect(await status('/v2/health/ready')).toBe(200);
    expect([await status(ready), await status(ready, undefined, bearer('texts'))]).toEqual([401, 403]);
    expect(await status(ready, undefined, bearer('all'))).toBe(200);
    const refused = await ask('/v1/embeddings', input);
    expect(refused.headers.get('www-authenticate')).toBe('Bearer');
    expect(await refused.json()).toMatchObject({
      error: { type: 'authentication_error', code: 'TOKEN_MISSING' },
    });
  });

  it('is one caller over all protocols: calls of gRPC take from what HTTP may have', async () => {
    await serve({ maxCalls: 2, tokens: await tokens(['one', ['*']]) });
    const options = { headers: bearer('one') };
    expect((await fetch(`${base}/v1/models`, options)).status).toBe(200);
    const waiting = await Promise.all([1, 2].map(() => rawConnection(test.server.httpAddress!)));
    const unfinished = rawRequest('/v1/embeddings', '', { ...bearer('one'), 'content-length': 1 });
    for (const { socket } of waiting) socket.write(unfinished);
    await expect.poll(() => fetch(`${base}/v1/models`, options).then(({ status }) => status)).toBe(429);
    const refused = await fetch(`${base}/v1/models`, options);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await refused.json()).toMatchObject({ error: { type: 'rate_limit_error', code: 'OVERLOADED' } });
    for (const { socket } of waiting) socket.destroy();
    await expect.poll(() => fetch(`${base}/v1/models`, options).then(({ status }) => status)).toBe(200);
  });
});

describe('requests that do nothing, or too much', () => {
  it('leave the connection as it was where too many calls are open for them', async () => {
    const address = await serve({ maxCalls: 2, tokens: await tokens(['one', ['*']]) });
    const waiting = await Promise.all([1, 2].map(() => rawConnection(address)));
    const unfinished = rawRequest('/v1/embeddings', '', { ...bearer('one'), 'content-length': 1 });
    for (const { socket } of waiting) socket.write(unfinished);
    const options = { headers: bearer('one') };
    await expect.poll(() => fetch(`${base}/v1/models`, options).then(({ status }) => status)).toBe(429);
    const { socket, received } = await rawConnection(address);
    const get = `GET /v1/models HTTP/1.1\r\nhost: a\r\nauthorization: Bearer one\r\n\r\n`;
    const count = (status: number) => received().split(`HTTP/1.1 ${status} `).length - 1;
    socket.write(get.repeat(20));
    await expect.poll(() => count(429)).toBe(20);
    for (const one of waiting) one.socket.destroy();
    await expect.poll(() => fetch(`${base}/v1/models`, options).then(({ status }) => status)).toBe(200);
    socket.write(get);
    await expect.poll(() => count(200)).toBe(1);
    expect(received()).not.toMatch(/requests of this connection/);
    socket.destroy();
  });

  it('are refused with their bodies unread where those are too long, and their senders hear of it', async () => {
    const address = await serve({ maxMessageBytes: 1024 * 1024 });
    const announced = await ask('/v1/embeddings', { input: 'x'.repeat(3_000_000) });
    expect([announced.status, (await announced.json()) as object]).toMatchObject([
      413,
      { error: { code: 'MESSAGE_TOO_LARGE' } },
    ]);
    const { socket, received, closed } = await rawConnection(address);
    socket.write(
      rawRequest('/v1/embeddings', '', { 'transfer-encoding': 'chunked', 'content-length': 0 }).replace(
        'content-length: 0\r\n',
        '',
      ),
    );
    const chunk = Buffer.concat([Buffer.from('10000\r\n'), Buffer.alloc(0x10000, 0x20), Buffer.from('\r\n')]);
    const sending = setInterval(() => socket.writable && socket.write(chunk), 1);
    await closed;
    clearInterval(sending);
    expect(received()).toMatch(/^HTTP\/1.1 413 /);
    await expect.poll(() => metric('triptych_admitted_bytes')).toBe(0);
  });

  it('end where nothing comes of their bodies', async () => {
    const address = await serve({ idleMs: 300 });
    const { socket, received } = await rawConnection(address);
    socket.write(rawRequest('/v1/embeddings', '{', { 'content-length': 100 }));
    await expect.poll(received, { timeout: 5000 }).toMatch(/^HTTP\/1.1 408 [\s\S]*CALL_IDLE/);
    await expect.poll(() => metric('triptych_calls_ended_total{reason="idle"}')).toBe(1);
  });

  it('are bounded on one connection, and leave nothing behind when it breaks', async () => {
    const address = await serve();
    const { socket, received } = await rawConnection(address);
    const body = JSON.stringify({ input: Array(200).fill('a pizza') });
    socket.write(rawRequest('/v1/embeddings', body).repeat(40));
    await expect.poll(received, { timeout: 20_000 }).toMatch(/429 Too Many Requests/);
    socket.destroy();
    await expect.poll(() => metric('triptych_open_calls'), { timeout: 20_000 }).toBe(1);
    await expect.poll(() => metric('triptych_admitted_bytes'), { timeout: 20_000 }).toBe(0);
    expect(await metric('triptych_calls_in_flight{method="/v1/embeddings"}')).toBe(0);
    expect((await ask('/v1/embeddings', { input: 'a' })).status).toBe(200);
  });

  it.each([
    ['no HTTP', 'hello\r\n\r\n', /^HTTP\/1.1 400 /],
    [
      'headers without end',
      `GET /livez HTTP/1.1\r\nhost: a\r\nx: ${'y'.repeat(40_000)}\r\n\r\n`,
      /^HTTP\/1.1 431 /,
    ],
    [
      'two lengths',
      'POST /v1/embeddings HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n',
      /400/,
    ],
    [
      'a length and chunks',
      'POST /v1/embeddings HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n',
      /400/,
    ],
    ['a path that is none', 'GET /%zz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n', /^HTTP\/1.1 400 /],
  ])('are answered where they are %s', async (_what, bytes, answer) => {
    const address = await serve();
    const { socket, received, closed } = await rawConnection(address);
    socket.write(bytes);
    await closed;
    expect(received()).toMatch(answer);
  });

  it('are refused where their type or their coding is none that is read', async () => {
    await serve();
    const plain = await ask('/v1/embeddings', { input: 'a' }, { 'content-type': 'text/plain' });
    const zipped = await ask('/v1/embeddings', { input: 'a' }, { 'content-encoding': 'gzip' });
    expect([plain.status, plain.headers.get('accept-post')]).toEqual([415, 'application/json']);
    expect([zipped.status, zipped.headers.get('accept-encoding')]).toEqual([415, 'identity']);
  });

  it('are answered as problems where no API of others has words for them', async () => {
    await serve();
    const nothing = await ask('/nothing', undefined, { 'x-request-id': 'mine.7' });
    expect(nothing.headers.get('content-type')).toMatch('application/problem+json');
    expect(await nothing.json()).toMatchObject({
      status: 404,
      title: 'Not Found',
      reason: 'NOT_IMPLEMENTED',
      instance: 'urn:request:mine.7',
    });
    const wrong = await ask('/v1/models', {});
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'GET']);
  });
});

describe('a server that ends', () => {
  it('answers what is under way, refuses what comes, and is not ready', async () => {
    const address = await serve({ drainMs: 10_000 });
    const kept = await rawConnection(address);
    kept.socket.write('GET /livez HTTP/1.1\r\nhost: a\r\n\r\n');
    await expect.poll(kept.received).toMatch(/alive/);
    const body = JSON.stringify({ input: Array(256).fill('a pizza') });
    const underWay = ask('/v1/embeddings', { input: Array(256).fill('a pizza') });
    const late = await rawConnection(address);
    // Its body ends later: the request is under way.
    late.socket.write(rawRequest('/v1/embeddings', body.slice(0, -1), { 'content-length': body.length }));
    await expect.poll(() => metric('triptych_open_calls')).toBeGreaterThan(1);
    const drained = test.server.drain();
    await kept.closed;
    late.socket.write(body.slice(-1));
    await expect.poll(late.received, { timeout: 10_000 }).toMatch(/^HTTP\/1.1 200 /);
    expect((await underWay).status).toBe(200);
    await drained;
    await expect(ask('/livez')).rejects.toThrow();
  });

  it('cuts off what is left after the time for it', async () => {
    const address = await serve({ drainMs: 100 });
    const { socket, received, closed } = await rawConnection(address);
    socket.write(rawRequest('/v1/embeddings', '{', { 'content-length': 100 }));
    await expect.poll(() => metric('triptych_open_calls')).toBeGreaterThan(1);
    await test.server.drain();
    await closed;
    expect(received()).toMatch(/^HTTP\/1.1 503 [\s\S]*DRAINING/);
  });
});

describe('TLS', () => {
  it('is that of gRPC: its certificate, reloaded, and certificates of clients', async () => {
    const authority = await certificate();
    const [first, second, client] = await Promise.all([1, 2, 3].map(() => certificate(authority)));
    const write = async (name: string, text: string) => {
      await writeFile(join(work, name), text);
      return join(work, name);
    };
    const tlsCert = await write('server.pem', first.cert);
    const tlsKey = await write('server.key', first.key);
    const tlsClientCa = await write('ca.pem', authority.cert);
    const address = await serve({ tlsCert, tlsKey, tlsClientCa, tlsReloadMs: 100 });
    const port = Number(address.split(':')[1]);
    const get = (options: RequestOptions) =>
      new Promise<{ status: number | undefined; serial: string }>((resolve, reject) => {
        const all = {
          host: 'localhost',
          port,
          path: '/v1/models',
          ca: authority.cert,
          agent: false,
          ...options,
        };
        httpsRequest(all, (response) => {
          const { serialNumber } = (response.socket as TLSSocket).getPeerCertificate();
          response.resume().once('end', () => resolve({ status: response.statusCode, serial: serialNumber }));
        })
          .once('error', reject)
          .end();
      });
    await expect(get({})).rejects.toThrow();
    const before = await get(client);
    expect(before.status).toBe(200);
    await Promise.all([write('server.pem', second.cert), write('server.key', second.key)]);
    await expect.poll(async () => (await get(client)).serial, { timeout: 5000 }).not.toBe(before.serial);
  });
});

interface Pair {
  readonly cert: string;
  readonly key: string;
}

/** A certificate for localhost, or of an authority where there is no issuer. */
async function certificate(issuer?: Pair): Promise<Pair> {
  const { cert, private: key } = await generate(
    [{ name: 'commonName', value: issuer ? 'server' : 'authority' }],
    {
      keyType: 'ec',
      algorithm: 'sha256',
      extensions: [
        { name: 'basicConstraints', cA: !issuer, critical: true },
        { name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] },
      ],
      ...(issuer ? { ca: issuer } : {}),
    },
  );
  return { cert, key };
}
