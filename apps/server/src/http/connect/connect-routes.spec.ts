import { type DescService, fromBinary, toBinary } from '@bufbuild/protobuf';
import type { ConnectError } from '@connectrpc/connect';
import { Code, createClient, type Transport } from '@connectrpc/connect';
import { createConnectTransport, createGrpcWebTransport } from '@connectrpc/connect-web';
import { readEmbedding } from '@triptych/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoClip, picture, serveDemo, type TestServer } from '../../testing/harness.js';
import { apiRegistry } from '../descriptors.js';

let test: TestServer;
let base: string;
beforeAll(async () => {
  test = await serveDemo({
    models: [demoClip],
    http: '127.0.0.1:0',
    httpOrigins: 'https://app.example',
    maxTexts: 8,
  });
  base = `http://${test.server.httpAddress}`;
});
afterAll(() => test.close());

const options = (useBinaryFormat: boolean) => ({ baseUrl: base, useBinaryFormat });
const transports: [string, () => Transport][] = [
  ['Connect in JSON', () => createConnectTransport(options(false))],
  ['Connect in protobuf', () => createConnectTransport(options(true))],
  ['gRPC-Web in JSON', () => createGrpcWebTransport(options(false))],
  ['gRPC-Web in protobuf', () => createGrpcWebTransport(options(true))],
];

type AnyClient = Record<string, (request: object) => Promise<Record<string, unknown>>>;
const client = (transport: Transport, service: string) =>
  createClient(
    apiRegistry().getService(`triptych.v1.${service}`) as DescService,
    transport,
  ) as unknown as AnyClient;

describe.each(transports)('%s', (_name, transport) => {
  it('answers the vectors of gRPC bit for bit', async () => {
    const texts = ['a pizza', 'a sailboat, and more than sixty-four bytes of words about it ☃'];
    const expected = await test.client.encodeTexts({ texts });
    const found = (await client(transport(), 'TextEncoder')['encode']({ texts })) as {
      results: { outcome: { value: { values: number[] } } }[];
    };
    expect(found.results.map(({ outcome }) => Float32Array.from(outcome.value.values))).toEqual(
      expected.results.map(({ embedding }) => readEmbedding(embedding!).values),
    );
    const image = { source: { case: 'encoded', value: new Uint8Array(picture('pizza')) } };
    const seen = (await client(transport(), 'ImageEncoder')['encode']({ images: [image] })) as typeof found;
    const [{ embedding }] = (await test.client.encodeImages({ images: [{ encoded: picture('pizza') }] }))
      .results;
    expect(Float32Array.from(seen.results[0].outcome.value.values)).toEqual(readEmbedding(embedding!).values);
  });

  it('fails with the status of gRPC and its details', async () => {
    const failed: unknown = await client(transport(), 'TextEncoder')
      ['encode']({ model: 'nobody', texts: ['a'] })
      .catch((e: unknown) => e);
    expect(failed).toMatchObject({
      code: Code.NotFound,
      rawMessage: expect.stringContaining('demo-clip') as string,
    });
    const info = apiRegistry().getMessage('google.rpc.ErrorInfo')!;
    expect((failed as ConnectError).findDetails(info)).toMatchObject([{ reason: 'MODEL_NOT_FOUND' }]);
  });

  it('counts what a message holds before it is read', async () => {
    const failed: unknown = await client(transport(), 'TextEncoder')
      ['encode']({ texts: Array(9).fill('a') })
      .catch((e: unknown) => e);
    expect(failed).toMatchObject({ code: Code.ResourceExhausted });
  });
});

describe('pages of other origins', () => {
  const ask = (origin: string, method = 'OPTIONS') =>
    fetch(`${base}/triptych.v1.Models/List`, {
      method,
      headers: { origin, 'content-type': 'application/json' },
      ...(method === 'POST' ? { body: '{}' } : {}),
    });

  it('may call where they are listed, and read nothing otherwise', async () => {
    const [listed, other] = [await ask('https://app.example'), await ask('https://evil.example')];
    expect(listed.headers.get('access-control-allow-origin')).toBe('https://app.example');
    expect(listed.headers.get('access-control-allow-headers')).toMatch(/Connect-Protocol-Version/);
    expect(other.headers.get('access-control-allow-origin')).toBeNull();
    expect((await ask('https://app.example', 'POST')).headers.get('access-control-allow-origin')).toBe(
      'https://app.example',
    );
  });
});

it.each([
  ['application/proto', Buffer.from([0x12, 5, 0x61]), 400],
  ['application/json', Buffer.from('{"texts":1}'), 400],
  ['application/grpc-web+proto', Buffer.from([0, 0, 0, 0, 3, 0x12, 5, 0x61]), 200],
  ['application/grpc-web+proto', Buffer.from([0, 0, 0, 0, 9, 0x12, 1, 0x61]), 200],
  ['text/plain', Buffer.from([0x12, 1, 0x61]), 415],
])('a body of %s that is no message is its sender’s mistake', async (type, body, status) => {
  const path = '/triptych.v1.TextEncoder/Encode';
  const response = await fetch(base + path, { method: 'POST', body, headers: { 'content-type': type } });
  expect(response.status).toBe(status);
  if (status === 200) expect(response.headers.get('grpc-status')).toBe('3');
});

it.each(['application/json', 'Application/JSON', 'application/grpc-web+Json'])(
  'JSON has its bounds as %s, too',
  async (type) => {
    const isEnveloped = type.includes('grpc-web');
    const ask = async (json: string) => {
      const envelope = Buffer.alloc(isEnveloped ? 5 : 0);
      if (isEnveloped) envelope.writeUInt32BE(json.length, 1);
      const body = Buffer.concat([envelope, Buffer.from(json)]);
      const headers = { 'content-type': type };
      const path = '/triptych.v1.TextEncoder/Encode';
      const response = await fetch(base + path, { method: 'POST', body, headers });
      const message = response.headers.get('grpc-message') ?? (await response.text());
      return `${response.status} ${decodeURIComponent(message)}`;
    };
    expect(await ask('{"texts":["a"]}')).toMatch(
      isEnveloped ? /^200 $|^200 .*grpc-status: 0/s : /^200 .*results/s,
    );
    expect(await ask(`{"texts":[${Array(70_000).fill('""').join()}]}`)).toMatch(/more than 65536 values/);
    expect(await ask(`{"texts":["${'a'.repeat(2 ** 20)}"]}`)).toMatch(/bytes of JSON; expected at most/);
  },
);

it('streams say which door is theirs', async () => {
  const path = '/triptych.v1.ImageEncoder/EncodeStream';
  const response = await fetch(base + path, {
    method: 'POST',
    body: '{}',
    headers: { 'content-type': 'application/json' },
  });
  expect([response.status, await response.text()]).toEqual([405, expect.stringContaining('WebSocket')]);
});

it('descriptors are whole: a message of theirs is read as it was written', () => {
  const item = apiRegistry().getMessage('triptych.v1.ItemError')!;
  const bytes = Buffer.from([0x08, 3, 0x12, 1, 0x61]);
  expect(toBinary(item, fromBinary(item, bytes))).toEqual(new Uint8Array(bytes));
});
