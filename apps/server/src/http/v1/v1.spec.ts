import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AudioEncoding, type RankFusion, readEmbedding } from '@triptych/client';
import type { OpenApi } from '../openapi/document.js';
import { classifyAnswer, embeddingsAnswer, modelAnswer, modelsAnswer, rerankAnswer } from './answers.js';
import {
  demoClip,
  demoModel,
  picture,
  serveDemo,
  speech,
  streamAll,
  type TestServer,
  windowsOf,
} from '../../testing/harness.js';

let test: TestServer;
let base: string;
beforeAll(async () => {
  test = await serveDemo({ models: [demoClip, demoModel], http: '127.0.0.1:0' });
  base = `http://${test.server.httpAddress}`;
});
afterAll(() => test.close());

interface Datum {
  readonly index: number;
  readonly embedding: string | number[];
  readonly truncated?: boolean;
}
interface Answer {
  readonly data: Datum[];
  readonly model: string;
  readonly usage: { prompt_tokens: number };
  readonly error?: { message: string; type: string; param: string; code: string };
  readonly results: { index: number; relevance_score: number }[];
  readonly failed: { index: number; error: object }[];
}

async function post(path: string, body: unknown): Promise<{ status: number; answer: Answer }> {
  const response = await fetch(`${base}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, answer: (await response.json()) as Answer };
}

/** float32, whichever way they came. */
function vectors({ data }: Answer): Float32Array[] {
  return data.map(({ embedding }) => {
    if (typeof embedding !== 'string') return Float32Array.from(embedding);
    const bytes = Buffer.from(embedding, 'base64');
    return new Float32Array(new Uint8Array(bytes).buffer);
  });
}

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
const png = (name: string) => `data:image/png;base64,${base64(picture(name))}`;

/** A recording as a WAV file. */
function wav(name: string): Buffer {
  const pcm = speech(name);
  const header = Buffer.alloc(44);
  header.write('RIFF', 0).toString();
  header.writeUInt32LE(36 + pcm.length, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(16_000, 24);
  header.writeUInt32LE(32_000, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(pcm.length, 40);
  return Buffer.concat([header, pcm]);
}

const long = 'a sailboat on the lake, "quoted"\nand in two lines, with snow ☃ on all of its sails';

describe('/v1/embeddings', () => {
  it.each(['float', 'base64'])('answers the vectors of gRPC bit for bit, as %s', async (encoding_format) => {
    const texts = ['a pizza', long, ''];
    const { results } = await test.client.encodeTexts({ texts });
    const { answer } = await post('/v1/embeddings', { model: 'demo-clip', input: texts, encoding_format });
    expect(vectors(answer)).toEqual(results.map(({ embedding }) => readEmbedding(embedding!).values));
    expect(answer.usage.prompt_tokens).toBe(results.reduce((sum, { tokens }) => sum + tokens, 0));
    expect(answer.data.map(({ truncated = false }) => truncated)).toEqual(results.map((r) => r.truncated));
    expect(answer).toMatchObject({ object: 'list', model: 'demo-clip' });
  });

  it('encodes images and audio files from data URIs, and all of them side by side from parts', async () => {
    const clip = wav('pizza-a');
    const [images, audio, texts] = await Promise.all([
      test.client.encodeImages({ images: [{ encoded: picture('pizza') }] }),
      test.client.encodeAudio({
        clips: [{ data: clip, format: { encoding: AudioEncoding.AUDIO_ENCODING_CONTAINER } }],
      }),
      test.client.encodeTexts({ texts: ['a pizza'] }),
    ]);
    const expected = [images, audio, texts].map(
      ({ results: [{ embedding }] }) => readEmbedding(embedding!).values,
    );
    const [image, sound] = [png('pizza'), `data:audio/wav;base64,${base64(clip)}`];
    const one = await Promise.all([
      post('/v1/embeddings', { input: image, modality: 'image' }),
      post('/v1/embeddings', { input: [sound], modality: 'audio' }),
    ]);
    expect(one.flatMap(({ answer }) => vectors(answer))).toEqual(expected.slice(0, 2));
    const contents = [
      { type: 'image_base64', image_base64: base64(picture('pizza')) },
      { type: 'input_audio', input_audio: { data: base64(clip), format: 'wav' } },
      { type: 'text', text: 'a pizza' },
      { type: 'image_url', image_url: { url: image } },
      { type: 'image_url', image_url: image },
    ];
    const mixed = await post('/v1/embeddings', { inputs: contents.map((part) => ({ content: [part] })) });
    const [first, second, third] = expected;
    expect(vectors(mixed.answer)).toEqual([first, second, third, first, first]);
  });

  it('says that a body is missing', async () => {
    const response = await fetch(`${base}/v1/embeddings`, { method: 'POST' });
    expect([response.status, await response.text()]).toEqual([400, expect.stringContaining('no body')]);
  });

  it('cuts vectors and normalises them again', async () => {
    const { answer } = await post('/v1/embeddings', { input: 'a', dimensions: 7 });
    const [vector] = vectors(answer);
    expect(vector.length).toBe(7);
    expect(vector.reduce((sum, x) => sum + x * x, 0)).toBeCloseTo(1, 5);
  });

  it('takes slashes that an encoder of JSON has escaped', async () => {
    const body = JSON.stringify({ input: png('pizza'), modality: 'image' }).replaceAll('/', '\\/');
    const { answer } = await post('/v1/embeddings', body);
    const plain = await post('/v1/embeddings', { input: png('pizza'), modality: 'image' });
    expect(vectors(answer)).toEqual(vectors(plain.answer));
  });

  it('takes all else that an encoder of JSON has escaped, and no line breaks', async () => {
    const body = JSON.stringify({ input: png('pizza'), modality: 'image' });
    const escaped = body.replaceAll('+', '\\u002B').replaceAll('=', '\\u003d').replaceAll('/', '\\u002f');
    expect(escaped).toContain('\\u002B');
    const [plain, read] = [await post('/v1/embeddings', body), await post('/v1/embeddings', escaped)];
    expect(vectors(read.answer)).toEqual(vectors(plain.answer));
    const lines = JSON.stringify({ input: png('pizza').replace(/.{100}/g, '$&\n'), modality: 'image' });
    expect(await post('/v1/embeddings', lines)).toMatchObject({ status: 400 });
  });

  it('counts a body once, whatever modalities it holds', async () => {
    const MIB = 2 ** 20;
    const small = await serveDemo({
      models: [demoClip],
      http: '127.0.0.1:0',
      maxMessageBytes: 4 * MIB,
      queueBytes: 16 * MIB,
    });
    try {
      const large = Buffer.concat([picture('pizza'), Buffer.alloc(2.8 * MIB)]);
      const image = { type: 'image_base64', image_base64: base64(large) };
      const parts = [{ type: 'text', text: long }, image];
      const response = await fetch(`http://${small.server.httpAddress}/v1/embeddings`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ inputs: parts.map((part) => ({ content: [part] })) }),
      });
      expect([response.status, await response.json()]).toMatchObject([200, { data: [{}, {}] }]);
    } finally {
      await small.close();
    }
  });

  const image = { modality: 'image' };
  it.each<[string, object | string, number, string, string | null, RegExp]>([
    ['no input', {}, 400, 'MESSAGE_MALFORMED', 'input', /either input or inputs/],
    ['tokens', { input: [[1, 2]] }, 400, 'MESSAGE_MALFORMED', 'input', /tokens/],
    [
      'a field of another name',
      { input: 'a', dimension: 3 },
      400,
      'MESSAGE_MALFORMED',
      'dimension',
      /no field/,
    ],
    ['no texts', { input: [] }, 400, 'BATCH_EMPTY', 'input', /at least 1/],
    ['too many texts', { input: Array(257).fill('a') }, 413, 'BATCH_TOO_LARGE', 'input', /at most 256/],
    ['far too many', { input: Array(3000).fill('a') }, 413, 'BATCH_TOO_LARGE', 'input', /at most 1024/],
    ['a model that is not there', { model: 'b', input: 'a' }, 404, 'MODEL_NOT_FOUND', 'model', /demo-clip/],
    [
      'a model of another kind',
      { model: 'demo-whisper', input: 'a' },
      400,
      'MODALITY_NOT_SERVED',
      'model',
      /text/,
    ],
    ['a text too long', { input: ['a', 'x'.repeat(40_000)] }, 413, 'TEXT_TOO_LARGE', 'input[1]', /32768/],
    [
      'half a surrogate pair',
      `{"input":["a","${'x'.repeat(64)}\\ud800"]}`,
      400,
      'TEXT_NOT_UTF8',
      'input[1]',
      /pair/,
    ],
    ['dimensions', { input: 'a', dimensions: 4096 }, 400, 'DIMENSIONS_INVALID', 'dimensions', /at most 128/],
    ['each token', { input: 'a', pooling: 'none' }, 400, 'POOLING_UNSUPPORTED', 'pooling', /gRPC/],
    [
      'a format',
      { input: 'a', encoding_format: 'hex' },
      400,
      'MESSAGE_MALFORMED',
      'encoding_format',
      /float or base64/,
    ],
    ['an address', { input: 'http://a/b.png', ...image }, 400, 'URL_REFUSED', 'input', /fetches nothing/],
    [
      'a page',
      { input: 'data:text/html;base64,AA', ...image },
      400,
      'MESSAGE_MALFORMED',
      'input',
      /text\/html/,
    ],
    [
      'a plain data URI',
      { input: 'data:image/png,AA', ...image },
      400,
      'MESSAGE_MALFORMED',
      'input',
      /base64/,
    ],
    [
      'no base64',
      { input: ['data:image/png;base64,A*B='], ...image },
      400,
      'MESSAGE_MALFORMED',
      'input[0]',
      /not base64/,
    ],
    [
      'no image',
      { input: 'data:image/png;base64,AAAA', ...image },
      400,
      'IMAGE_FORMAT_UNKNOWN',
      'input',
      /JPEG/,
    ],
    [
      'two parts',
      {
        inputs: [
          {
            content: [
              { type: 'text', text: 'a' },
              { type: 'text', text: 'b' },
            ],
          },
        ],
      },
      400,
      'MESSAGE_MALFORMED',
      'inputs[0].content',
      /one part/,
    ],
    [
      'a part',
      { inputs: [{ content: [{ type: 'video' }] }] },
      400,
      'MESSAGE_MALFORMED',
      'inputs[0].content[0].type',
      /image_url/,
    ],
    ['half of JSON', '{"input":"a"', 400, 'MESSAGE_MALFORMED', null, /byte 12/],
    ['a list', '[1]', 400, 'MESSAGE_MALFORMED', null, /mapping/],
  ])('says what is wrong with %s', async (_what, body, status, code, param, message) => {
    const found = await post('/v1/embeddings', body);
    expect([found.status, found.answer.error?.code ?? '', found.answer.error?.param ?? null]).toEqual([
      status,
      code,
      param,
    ]);
    expect(found.answer.error?.message ?? 'none').toMatch(message);
  });
});

describe('/v1/rerank and /v1/classify', () => {
  it('rank documents of all modalities as gRPC does, and list those that fail', async () => {
    const query = { text: 'a pizza' };
    const images = ['cherries', 'pizza'].map(picture);
    const vector = (await post('/v1/embeddings', { input: 'a pizza', encoding_format: 'base64' })).answer
      .data[0] as Datum & { space: string };
    const ranked = await test.client.rank({
      queries: [query],
      candidates: [...images.map((encoded) => ({ image: { encoded } })), { text: 'a boat' }],
    });
    const documents = [...images.map((bytes) => ({ image: base64(bytes) })), 'a boat'];
    const { answer } = await post('/v1/rerank', { query: 'a pizza', documents });
    expect(answer.results).toEqual(
      ranked.rankings[0].items.map(({ index, score }) => ({ index, relevance_score: score })),
    );
    const given = { embedding: vector.embedding, space: vector.space };
    const mixed = await post('/v1/rerank', {
      query: given,
      documents: ['a pizza', { image: 'AAAA' }],
      top_n: 1,
    });
    expect(mixed.answer.results[0].relevance_score).toBeCloseTo(1, 5);
    expect(mixed.answer.failed).toMatchObject([
      { index: 1, error: { code: 'IMAGE_FORMAT_UNKNOWN', param: 'documents[1].image' } },
    ]);
  });

  it('rank by several queries together as gRPC does', async () => {
    const images = ['cherries', 'pizza', 'volcano'].map(picture);
    const query = [{ text: 'a pizza', weight: 2 }, 'something red'];
    const documents = images.map((bytes) => ({ image: base64(bytes) }));
    const candidates = images.map((encoded) => ({ image: { encoded } }));
    const queries = [{ text: 'a pizza', weight: 2 }, { text: 'something red' }];
    for (const [fusion, ofGrpc] of [
      [undefined, {}],
      [
        { rule: 'reciprocal-rank', rank_constant: 5, sources: [{ weight: 3 }] },
        { rule: 4, rankConstant: 5, sources: [{ weight: 3 }] },
      ],
    ] as const) {
      const { answer } = await post('/v1/rerank', { query, documents, fusion });
      const { rankings } = await test.client.rank({ queries, candidates, fusion: ofGrpc as RankFusion });
      expect(answer.results).toEqual(
        rankings[0].items.map(({ index, score }) => ({ index, relevance_score: score })),
      );
    }
    const wrong = await post('/v1/rerank', { query: [...query, { text: 'x', weight: -1 }], documents });
    expect(wrong.answer.error).toMatchObject({ code: 'WEIGHT_INVALID', param: 'query[2].weight' });
    const many = await post('/v1/rerank', { query, documents, fusion: { sources: Array(9).fill({}) } });
    expect(many.answer.error).toMatchObject({ param: 'fusion.sources' });
  });

  it('classify as gRPC does, and have the error of an input in its place', async () => {
    const labels = ['pizza', 'volcano'];
    const classified = await test.client.classify({
      items: [{ image: { encoded: picture('pizza') } }],
      labels,
      template: 'a picture of {}',
    });
    const { answer } = await post('/v1/classify', {
      input: [png('pizza'), 'data:image/png;base64,AAAA'],
      modality: 'image',
      labels,
      template: 'a picture of {}',
    });
    expect(answer.data).toMatchObject([
      {
        label: 'pizza',
        scores: classified.classifications[0].labels.map(({ label, probability }) => ({
          label,
          score: probability,
        })),
      },
      { error: { code: 'IMAGE_FORMAT_UNKNOWN', param: 'input[1].image' } },
    ]);
  });
});

describe('/v1/audio/windows', () => {
  const ask = (query: string, body: string | Buffer) =>
    fetch(`${base}/v1/audio/windows?${query}`, { method: 'POST', body });
  const events = (text: string) =>
    [...text.matchAll(/^event: (\w+)\ndata: (.*)\n\n/gm)].map(([, event, data]) => ({
      event,
      data: JSON.parse(data) as { embedding: string; code?: string; transcript?: { text: string } },
    }));

  it('takes nothing from pages of other origins', async () => {
    const send = (origin: string, more: Record<string, string> = {}) =>
      fetch(`${base}/v1/audio/windows`, {
        method: 'POST',
        headers: { origin, 'content-type': 'text/plain', ...more },
        body: 'RIFF',
      });
    for (const origin of ['https://evil.example', 'null']) {
      const refused = await send(origin);
      expect(refused.status).toBe(403);
      expect(await refused.text()).toContain('--http-origins');
    }
    expect((await send(new URL(base).origin)).status).toBe(200);
    // Behind a proxy that passes on another host, or the port with it.
    expect((await send('https://app.example', { 'sec-fetch-site': 'same-origin' })).status).toBe(200);
    expect((await send('https://app.example', { 'sec-fetch-site': 'same-site' })).status).toBe(403);
    const statusFor = async (host: string) => {
      const headers = { origin: 'https://app.example', host, 'content-type': 'text/plain' };
      const asked = request(`${base}/v1/audio/windows`, { method: 'POST', headers }).end('RIFF');
      const [answer] = (await once(asked, 'response')) as [IncomingMessage];
      answer.resume();
      return answer.statusCode;
    };
    expect(await statusFor('app.example:443')).toBe(200);
    expect(await statusFor('app.example:80')).toBe(403);
  });

  it('sends the windows of gRPC, bit for bit, while the file comes', async () => {
    const file = wav('pizza-a');
    const response = await ask('window_ms=500', file);
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    const found = events(await response.text());
    const config = { format: { encoding: AudioEncoding.AUDIO_ENCODING_CONTAINER }, windowMs: 500 };
    const expected = windowsOf(await streamAll(test.client, config, file, [file.length]));
    expect(found.map(({ event }) => event)).toEqual(['ready', ...expected.map(() => 'window'), 'summary']);
    expect(found.slice(1, -1).map(({ data }) => data.embedding)).toEqual(
      expected.map(({ embedding }) => base64(new Uint8Array(readEmbedding(embedding!).values.buffer))),
    );
  });

  it('has what is said in them, too, where that is asked for', async () => {
    const file = wav('pizza-a');
    const [plain, both] = await Promise.all(
      ['', 'transcribe=true'].map(async (query) => events(await (await ask(query, file)).text())),
    );
    expect(both[1].data).toMatchObject({
      embedding: plain[1].data.embedding,
      transcript: { text: 'pizza', segments: [{ start: 0, text: ' pizza' }] },
    });
    expect(plain[1].data.transcript).toBeUndefined();
    const refused = await (await ask('transcribe=true&language=xx', file)).json();
    expect(refused).toMatchObject({ error: { code: 'PARAMETER_INVALID', param: 'language' } });
    expect((await ask('language=en', file)).status).toBe(400);
    expect((await ask('transcribe=true&context=trimmed', file)).status).toBe(400);
  });

  it('says what is wrong, before or after it has begun', async () => {
    expect((await ask('window_ms=1', 'x')).status).toBe(400);
    expect((await ask('window=1', 'x')).status).toBe(400);
    const broken = events(await (await ask('', 'no audio at all, whatever it is')).text());
    expect(broken.at(-1)).toMatchObject({ event: 'error', data: { code: 'AUDIO_CONTAINER_UNKNOWN' } });
  });
});

describe('the description of the API', () => {
  it('has the routes, the schemas that their bodies are checked with, and what they answer', async () => {
    const document = (await (await fetch(`${base}/openapi.json`)).json()) as OpenApi;
    expect(Object.keys(document.paths)).toEqual([
      '/v1/embeddings',
      '/v1/rerank',
      '/v1/classify',
      '/v1/audio/transcriptions',
      '/v1/audio/translations',
      '/v1/audio/windows',
      '/v1/models',
      '/v1/models/{id}',
      '/captions',
      '/v2',
      '/v2/health/live',
      '/v2/health/ready',
      '/v2/models/stats',
      '/v2/models/{model}',
      '/v2/models/{model}/ready',
      '/v2/models/{model}/config',
      '/v2/models/{model}/stats',
      '/v2/repository/index',
      '/v2/repository/models/{model}/load',
      '/v2/repository/models/{model}/unload',
      '/v2/models/{model}/infer',
      '/livez',
      '/readyz',
      '/metrics',
      '/openapi.json',
      '/docs',
    ]);
    const { requestBody } = document.paths['/v1/embeddings']['post'];
    expect(requestBody?.content['application/json'].schema).toMatchObject({
      type: 'object',
      additionalProperties: false,
      properties: {
        dimensions: { type: 'integer', minimum: 1 },
        encoding_format: { enum: ['float', 'base64'] },
      },
    });
    const page = await fetch(`${base}/docs`);
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'/);
    const html = await page.text();
    expect(html).toContain('<code>/v1/embeddings</code>');
    expect(html).not.toMatch(/<script|https?:/);
  });

  it('is true of the answers', async () => {
    const documents = ['a', { image: 'AAAA' }];
    const [embedded, ranked, classified, models, model] = await Promise.all([
      post('/v1/embeddings', { input: ['a', 'x '.repeat(200)] }),
      post('/v1/rerank', { query: 'a', documents }),
      post('/v1/classify', { inputs: [{ content: [{ type: 'text', text: 'b' }] }], labels: ['a', 'b'] }),
      fetch(`${base}/v1/models`).then((response) => response.json()),
      fetch(`${base}/v1/models/demo-whisper`).then((response) => response.json()),
    ]);
    embeddingsAnswer.parse(embedded.answer);
    rerankAnswer.parse(ranked.answer);
    classifyAnswer.parse(classified.answer);
    modelsAnswer.parse(models);
    modelAnswer.parse(model);
  });
});

describe('/v1/models', () => {
  it('lists what is served, and describes one of them', async () => {
    const list = (await (await fetch(`${base}/v1/models`)).json()) as { data: { id: string }[] };
    expect(list.data.map(({ id }) => id)).toEqual(['demo-clip', 'demo-whisper']);
    expect(await (await fetch(`${base}/v1/models/demo-clip`)).json()).toMatchObject({
      id: 'demo-clip',
      object: 'model',
      modalities: ['image', 'text'],
      dimensions: { text: 128 },
      captions: false,
      transcribes: false,
    });
    expect(list.data).toMatchObject([{ transcribes: false }, { transcribes: true, captions: false }]);
    expect((await fetch(`${base}/v1/models/somebody/else`)).status).toBe(404);
  });
});
