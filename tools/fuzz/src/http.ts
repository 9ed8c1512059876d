import { connect } from 'node:net';
import { TriptychError } from '@triptych/core';
import { mutate } from './mutate.js';
import type { Neighbour } from './neighbour.js';

/** An untouched call is made between so many. */
const EVERY = 50;
const IN_FLIGHT = 8;
/** A mutated length may announce a body that never comes: whoever waits for it is left. */
const PATIENCE_MS = 300;

const FORM_TYPE = 'multipart/form-data; boundary=x';

interface Whole {
  readonly path: string;
  readonly body: Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Requests over HTTP/1.1 of every route, mutated: half of them in their bodies, the others in their lines and headers, too. None may be
 * answered by a fault of the server's, and an untouched neighbour gets its vector. Returns how often each answer came.
 */
export async function fuzzHttp(
  address: string,
  image: Uint8Array,
  neighbour: Neighbour,
  count: number,
  next: () => number,
): Promise<Map<string, number>> {
  const requests = wholeRequests(Buffer.from(image).toString('base64'));
  const outcomes = new Map<string, number>();
  let done = 0;
  const work = async () => {
    for (let i = done++; i < count; i = done++) {
      const whole = requests[i % requests.length];
      const body = Buffer.from(mutate(whole.body, next));
      const bytes = i % 2 === 0 ? requestBytes(whole, body) : mutate(requestBytes(whole, whole.body), next);
      const outcome = await send(address, bytes);
      if (/^5(?!03)/.test(outcome))
        throw new TriptychError('INTERNAL', `a mutated request was answered ${outcome}`);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      if (i % EVERY === 0) await neighbour.check();
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, work));
  await neighbour.check();
  return outcomes;
}

/** What became of a request: its status, or how its connection ended. */
function send(address: string, bytes: Uint8Array): Promise<string> {
  const at = address.lastIndexOf(':');
  return new Promise((resolve) => {
    const socket = connect(Number(address.slice(at + 1)), address.slice(0, at));
    let answer = '';
    let waiting: NodeJS.Timeout | undefined;
    const patience = () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => socket.destroy(), answer === '' ? 30 * PATIENCE_MS : PATIENCE_MS);
    };
    socket.on('error', () => undefined);
    socket.on('data', (part) => {
      answer += part.toString('latin1').slice(0, 12);
      patience();
    });
    socket.once('close', () => {
      clearTimeout(waiting);
      resolve(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? (answer === '' ? 'no answer' : 'no status'));
    });
    patience();
    // It ends its side: what is announced and does not come is known not to.
    socket.end(bytes);
  });
}

/** A form with a recording that is too short. */
function formBody(): Buffer {
  const field = (name: string, value: string) =>
    `--x\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
  const file = '--x\r\ncontent-disposition: form-data; name="file"; filename="a.wav"\r\n\r\n';
  const fields = field('response_format', 'srt') + field('timestamp_granularities[]', 'segment');
  return Buffer.from(`${fields}${file}RIFF\x04\0\0\0WAVE\r\n--x--\r\n`);
}

function requestBytes({ path, headers = {} }: Whole, body: Buffer): Buffer {
  const all = {
    host: 'localhost',
    'content-type': 'application/json',
    ...headers,
    'content-length': body.length,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([
    Buffer.from(`POST ${path} HTTP/1.1\r\nconnection: close\r\n${lines.join('')}\r\n`),
    body,
  ]);
}

function wholeRequests(image: string): Whole[] {
  const json = (path: string, body: object): Whole => ({ path, body: Buffer.from(JSON.stringify(body)) });
  const text = { name: 'text', datatype: 'BYTES', shape: [2, 1], data: ['a pizza', 'a sailboat'] };
  const head = JSON.stringify({
    inputs: [{ ...text, data: undefined, parameters: { binary_data_size: 10 } }],
  });
  const element = Buffer.from([1, 0, 0, 0, 0x61, 1, 0, 0, 0, 0x62]);
  return [
    json('/v1/embeddings', { model: 'demo-clip', input: ['a pizza', 'x'.repeat(100)], dimensions: 8 }),
    json('/v1/embeddings', {
      input: `data:image/png;base64,${image}`,
      modality: 'image',
      encoding_format: 'base64',
    }),
    json('/v1/embeddings', {
      inputs: [{ content: [{ type: 'image_url', image_url: { url: `data:image/png;base64,${image}` } }] }],
    }),
    json('/v1/rerank', {
      query: 'a pizza',
      documents: ['a', { image }, { embedding: 'AACAPw==', space: 'triptych-demo' }],
      top_n: 2,
    }),
    json('/v1/classify', { input: ['a', 'b'], labels: ['pizza', 'volcano'], template: 'a {}' }),
    { path: '/v1/audio/transcriptions', body: formBody(), headers: { 'content-type': FORM_TYPE } },
    json('/v2/models/demo-clip-text/infer', { inputs: [text], parameters: { dimensions: 4 } }),
    {
      path: '/v2/models/demo-clip-text/infer',
      body: Buffer.concat([Buffer.from(head), element]),
      headers: { 'inference-header-content-length': String(head.length) },
    },
    json('/triptych.v1.TextEncoder/Encode', { texts: ['a pizza'], options: { dimensions: 4 } }),
    {
      path: '/triptych.v1.TextEncoder/Encode',
      body: Buffer.from([0x12, 1, 0x61, 0x12, 1, 0x62]),
      headers: { 'content-type': 'application/proto' },
    },
    {
      path: '/triptych.v1.TextEncoder/Encode',
      body: Buffer.from([0, 0, 0, 0, 3, 0x12, 1, 0x61]),
      headers: { 'content-type': 'application/grpc-web+proto' },
    },
  ];
}
