import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { TriptychError } from '@triptych/core';
import { loadWirePackage } from '@triptych/protocol';
import { printReport } from './measuring.js';
import { ServerProcess } from './server-process.js';
import { median } from './statistics.js';

const help = `The longest that the server's event loop is kept from others while a body of 16 MB over HTTP is read and answered, or refused: the median over
rounds of each round's maximum, in milliseconds. One request at a time.

  node tools/bench/dist/bodies.js [--rounds 5] [--json]
`;

const MIB = 1024 * 1024;
/** A little less than a message may have. */
const BODY_BYTES = 16 * MIB - 65_536;
/** Less than 30 s of 16-bit samples. */
const CLIP_BYTES = 900_000;

interface Body {
  readonly path: string;
  readonly type: string;
  readonly bytes: Buffer;
}

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    json: { type: 'boolean' },
    help: { type: 'boolean' },
  },
});
if (values.help) process.stdout.write(help);
else await main(Number(values.rounds), values.json ?? false);

async function main(rounds: number, json: boolean): Promise<void> {
  const root = new URL('../../../', import.meta.url);
  const models = ['clip', 'whisper'].map((name) => fileURLToPath(new URL(`models/demo/${name}`, root)));
  const server = await ServerProcess.startWithHttp(...models);
  const all = bodies(readFileSync(new URL('examples/speech/pizza-a.wav', root)).subarray(0, 44));
  const delays: Record<string, number[]> = {};
  const report: Record<string, number> = {};
  // The first round warms.
  for (let round = 0; round <= rounds; round++) {
    for (const [name, body] of Object.entries(all)) {
      await server.report(true);
      const status = await post(`http://${server.httpAddress}${body.path}`, body);
      const { loopDelayMaxMs } = await server.report();
      if (status >= 500) throw new TriptychError('INTERNAL', `${name} was answered ${status}`);
      if (round > 0) (delays[`${name} (${status}), ms`] ??= []).push(loopDelayMaxMs);
    }
  }
  await server.stop();
  for (const [name, list] of Object.entries(delays)) report[name] = median(list);
  printReport(report, json);
}

function post(url: string, { bytes, type }: Body): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': type, 'content-length': bytes.length };
    const asked = request(url, { method: 'POST', headers }, (answer) => {
      answer.resume().once('end', () => resolve(answer.statusCode ?? 0));
    });
    asked.once('error', reject).end(bytes);
  });
}

function bodies(header: Buffer): Record<string, Body> {
  const wav = Buffer.concat([header, noise(CLIP_BYTES)]);
  wav.writeUInt32LE(wav.length - 8, 4);
  wav.writeUInt32LE(wav.length - 44, 40);
  const base64 = wav.toString('base64');
  const clips = Array.from({ length: Math.floor(BODY_BYTES / (base64.length + 64)) }, () => base64);
  const images = Array.from({ length: 60 }, () => noise((BODY_BYTES / 60 / 4) * 3 - 96).toString('base64'));
  const embeddings = (input: unknown, modality: string) => json('/v1/embeddings', { input, modality });
  const escaped = embeddings(images, 'image');
  const filled = (text: string) => text.repeat(BODY_BYTES / text.length);
  const raw = Array.from({ length: Math.floor(BODY_BYTES / (wav.length + 64)) }, () => wav);
  return {
    'clips in base64': embeddings(clips, 'audio'),
    'what is no image, in base64': embeddings(images, 'image'),
    'the same with escaped slashes': {
      ...escaped,
      bytes: Buffer.from(escaped.bytes.toString().replaceAll('/', '\\/')).subarray(0, BODY_BYTES),
    },
    'one text': embeddings(filled('a pizza '), 'text'),
    'one text of quotes': embeddings(filled('a"b'), 'text'),
    brackets: { ...escaped, bytes: Buffer.from(filled('[')) },
    numbers: { ...escaped, bytes: Buffer.from(`[${filled('1,')}1]`) },
    'clips by rerank': json('/v1/rerank', { query: 'a', documents: clips.map((audio) => ({ audio })) }),
    'numbers of a tensor': json('/v2/models/demo-whisper-audio/infer', {
      inputs: [{ name: 'audio', datatype: 'FP32', shape: [1, 60_000], data: Array(60_000).fill(0.123456) }],
    }),
    'Connect, clips in protobuf': {
      path: '/triptych.v1.AudioEncoder/Encode',
      type: 'application/proto',
      bytes: clipsMessage(raw),
    },
    'Connect, 1 MiB of JSON': json('/triptych.v1.AudioEncoder/Encode', {
      clips: [{ format: { encoding: 4 }, data: noise(700_000).toString('base64') }],
    }),
  };
}

function json(path: string, body: object): Body {
  return { path, type: 'application/json', bytes: Buffer.from(JSON.stringify(body)) };
}

/** Bytes that no compression and no decoder makes less of, the same each time. */
function noise(length: number): Buffer {
  const bytes = Buffer.alloc(Math.floor(length));
  let state = 1;
  for (let i = 0; i < bytes.length; i++) bytes[i] = (state = (state * 48_271) % 0x7fffffff) & 0xff;
  return bytes;
}

function clipsMessage(clips: readonly Buffer[]): Buffer {
  const service = loadWirePackage('client')['triptych.v1.AudioEncoder'] as unknown as Record<
    string,
    { requestSerialize(message: object): Buffer }
  >;
  const format = { encoding: 4 };
  return service['Encode'].requestSerialize({ clips: clips.map((data) => ({ format, data })), context: 2 });
}
