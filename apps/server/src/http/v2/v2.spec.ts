import { readEmbedding } from '@triptych/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoClip, picture, serveDemo, type TestServer } from '../../testing/harness.js';

let test: TestServer;
let base: string;
beforeAll(async () => {
  test = await serveDemo({ models: [demoClip], http: '127.0.0.1:0' });
  base = `http://${test.server.httpAddress}/v2`;
});
afterAll(() => test.close());

interface Tensor {
  readonly name: string;
  readonly shape: number[];
  readonly data?: (number | string)[];
  readonly parameters?: { readonly binary_data_size: number };
}
interface Answer {
  readonly outputs: Tensor[];
  readonly error?: string;
}

const texts = (...data: unknown[]) => ({ name: 'text', datatype: 'BYTES', shape: [data.length, 1], data });

async function infer(body: unknown, model = 'demo-clip-text') {
  const response = await fetch(`${base}/models/${model}/infer`, {
    method: 'POST',
    body: JSON.stringify(body),
  });
  return { status: response.status, answer: (await response.json()) as Answer };
}

/** A request with the binary extension, as tritonclient sends it. */
async function inferBinary(head: object, tensor: Buffer, model: string) {
  const json = Buffer.from(JSON.stringify(head));
  const response = await fetch(`${base}/models/${model}/infer`, {
    method: 'POST',
    headers: { 'inference-header-content-length': String(json.length) },
    body: Buffer.concat([json, tensor]),
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  const headBytes = Number(response.headers.get('inference-header-content-length') ?? bytes.length);
  const answer = JSON.parse(bytes.subarray(0, headBytes).toString()) as Answer;
  return { status: response.status, answer, bytes: bytes.subarray(headBytes) };
}

const element = (bytes: Uint8Array) => {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  return Buffer.concat([length, bytes]);
};

describe('the Open Inference Protocol as REST', () => {
  it('answers the vectors of gRPC bit for bit, in JSON and as bytes', async () => {
    const words = ['a pizza', 'a sailboat of more than sixty-four bytes, with \\"quotes\\" and snow: ☃☃☃'];
    const expected = await test.client.encodeTexts({ texts: words });
    const vectors = expected.results.map(({ embedding }) => readEmbedding(embedding!).values);
    const { answer } = await infer({ id: 'mine', inputs: [texts(...words)] });
    expect(answer).toMatchObject({ model_name: 'demo-clip-text', model_version: '1', id: 'mine' });
    const [embedding, space] = answer.outputs;
    expect([embedding.shape, space.data]).toEqual([
      [2, 128],
      ['triptych-demo', 'triptych-demo'],
    ]);
    expect(Float32Array.from(embedding.data as number[])).toEqual(
      Float32Array.from(vectors.flatMap((v) => [...v])),
    );

    const image = picture('pizza');
    const bytes = element(image);
    const input = {
      name: 'image',
      datatype: 'BYTES',
      shape: [1],
      parameters: { binary_data_size: bytes.length },
    };
    const found = await inferBinary(
      { inputs: [input], parameters: { binary_data_output: true } },
      bytes,
      'demo-clip-image',
    );
    const images = await test.client.encodeImages({ images: [{ encoded: image }] });
    const [tensor] = found.answer.outputs;
    const values = found.bytes.subarray(0, tensor.parameters!.binary_data_size);
    expect(new Float32Array(new Uint8Array(values).buffer)).toEqual(
      readEmbedding(images.results[0].embedding!).values,
    );
  });

  it('describes models as gRPC does', async () => {
    const get = async (path: string) => await (await fetch(`${base}${path}`)).json();
    expect(await get('')).toMatchObject({
      name: 'triptych',
      extensions: expect.arrayContaining(['statistics']) as string[],
    });
    expect(await get('/models/demo-clip-text/versions/1')).toMatchObject({
      inputs: [{ datatype: 'BYTES', shape: [-1, 1] }],
    });
    expect(await get('/models/demo-clip-image/config')).toMatchObject({
      max_batch_size: 64,
      input: [{ data_type: 'TYPE_STRING' }],
    });
    await infer({ inputs: [texts('counted')] });
    expect(await get('/models/demo-clip-text/stats')).toMatchObject({
      model_stats: [{ inference_stats: { success: { count: expect.any(Number) as number } } }],
    });
    const index = await fetch(`${base}/repository/index`, { method: 'POST' });
    expect(await index.json()).toMatchObject([
      { name: 'demo-clip-image', state: 'READY' },
      { name: 'demo-clip-text' },
    ]);
    const status = async (path: string) => (await fetch(`${base}${path}`)).status;
    expect(
      await Promise.all(
        [
          '/health/live',
          '/health/ready',
          '/models/demo-clip-text/ready',
          '/models/nobody/ready',
          '/models/nobody',
        ].map(status),
      ),
    ).toEqual([200, 200, 200, 404, 404]);
  });

  it.each<[string, unknown, number, RegExp]>([
    ['no inputs', {}, 400, /inputs/],
    ['an input of another name', { inputs: [{ ...texts('a'), name: 'words' }] }, 400, /TENSOR_/],
    ['values of another kind', { inputs: [texts(1)] }, 400, /TENSOR_MALFORMED.*texts are expected/],
    ['too few values', { inputs: [{ ...texts('a'), shape: [2, 1] }] }, 400, /TENSOR_MALFORMED/],
    ['a shape that is none', { inputs: [{ ...texts('a'), shape: [-1] }] }, 400, /TENSOR_MALFORMED/],
    [
      'a parameter that is unknown',
      { inputs: [texts('a')], parameters: { pool: 'x' } },
      400,
      /PARAMETER_INVALID/,
    ],
    [
      'a parameter of no kind',
      { inputs: [texts('a')], parameters: { pooling: [] } },
      400,
      /PARAMETER_INVALID/,
    ],
    [
      'bytes that are not there',
      { inputs: [{ ...texts(), parameters: { binary_data_size: 9 } }] },
      400,
      /TENSOR_MALFORMED/,
    ],
    ['an output that is none', { inputs: [texts('a')], outputs: [{ name: 'x' }] }, 400, /TENSOR_UNEXPECTED/],
  ])('says what is wrong with %s', async (_what, body, status, message) => {
    const found = await infer(body);
    expect(found.status).toBe(status);
    expect(found.answer.error).toMatch(message);
  });

  it('lets nobody change models where gRPC does not', async () => {
    const load = await fetch(`${base}/repository/models/demo-clip-text/unload`, {
      method: 'POST',
      body: '{}',
    });
    expect([load.status, await load.text()]).toEqual([403, expect.stringContaining('METHOD_DENIED')]);
  });

  it('takes nothing from pages of other origins', async () => {
    const send = async (path: string, headers: Record<string, string>) => {
      const body = JSON.stringify({ inputs: [texts('a')] });
      const type = { 'content-type': 'text/plain' };
      const response = await fetch(base + path, { method: 'POST', headers: { ...type, ...headers }, body });
      return { status: response.status, text: await response.text() };
    };
    const refused = { status: 403, text: expect.stringContaining('--http-origins') as string };
    const evil = { origin: 'https://evil.example' };
    expect(await send('/models/demo-clip-text/infer', evil)).toEqual(refused);
    expect(await send('/models/demo-clip-text/infer', { origin: 'null' })).toEqual(refused);
    expect(await send('/repository/index', evil)).toEqual(refused);
    expect(await send('/models/demo-clip-text/infer', { origin: new URL(base).origin })).toMatchObject({
      status: 200,
    });
    expect(await send('/models/demo-clip-text/infer', {})).toMatchObject({ status: 200 });
  });

  it('refuses heads that are longer than their bodies, and bytes that are nobody’s', async () => {
    const head = { inputs: [texts('a')] };
    expect(await inferBinary(head, Buffer.alloc(3), 'demo-clip-text')).toMatchObject({
      status: 400,
      answer: { error: expect.stringContaining('3 bytes') as string },
    });
    const long = await fetch(`${base}/models/demo-clip-text/infer`, {
      method: 'POST',
      headers: { 'inference-header-content-length': '99' },
      body: '{}',
    });
    expect([long.status, await long.text()]).toEqual([400, expect.stringContaining('MESSAGE_MALFORMED')]);
  });
});
