import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { AudioEncoding, TriptychClient } from '@triptych/client';
import { createLogger, readConfig, startServer } from '@triptych/server';
import { fuzzFlight } from './flight.js';
import { fuzzHttp } from './http.js';
import { fuzzHttp2 } from './http2/fuzz-http2.js';
import { fuzzInference } from './inference.js';
import { fuzzItems } from './items.js';
import { fuzzMessages, type Method } from './messages.js';
import { random } from './mutate.js';
import { Neighbour } from './neighbour.js';
import { fuzzWeights } from './weights.js';

const help = `Mutated audio containers, images, protobuf messages, requests of the Open Inference Protocol, exchanges of Arrow Flight, HTTP/2 frames, headers and compressed bodies, and Parquet files. Ends with 0 when all of them were answered, nothing
else suffered, and memory came back; prints how each kind was answered.

  node tools/fuzz/dist/main.js [--count 1000] [--seed 1] [--only containers|images|messages|inference|flight|http2|http|weights]
`;

/** Growth of the process that is noise: workers' heaps, the allocator's caches. */
const ALLOWED_GROWTH_MB = 200;

/** A few of every format and mode. */
const imageFixtures = [
  'tiny-7x5.jpg',
  'progressive.jpg',
  'cmyk.jpg',
  'rgb.png',
  'palette-transparent.png',
  'grey-16bit.png',
  'interlaced.png',
  'lossy.webp',
  'lossless.webp',
  'animated.webp',
  'transparent.gif',
  'animated.gif',
  'lossy.avif',
  'alpha.avif',
  'lzw.tiff',
  'jpeg.tiff',
  'bilevel.tiff',
  'pages.tiff',
];

const root = new URL('../../../', import.meta.url);
const read = (path: string) => new Uint8Array(readFileSync(new URL(path, root)));
const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
    help: { type: 'boolean' },
  },
});
if (values.help) process.stdout.write(help);
else await main(Number(values.count), Number(values.seed), values.only);

async function main(count: number, seed: number, only: string | undefined): Promise<void> {
  const next = random(seed);
  const config = readConfig(
    {
      models: ['whisper', 'clip', 'captioner'].map((name) =>
        fileURLToPath(new URL(`models/demo/${name}`, root)),
      ),
      listen: '127.0.0.1:0',
      http: '127.0.0.1:0',
      logLevel: 'error',
    },
    {},
  );
  const server = await startServer(config, createLogger(config.logLevel));
  const client = new TriptychClient(server.address);
  const fixtures = [
    'speech.wav',
    'speech.flac',
    'speech.opus',
    'speech.vorbis.ogg',
    'speech-44k-stereo.mp3',
    'speech-16k.mp3',
  ];
  const files = fixtures.map((name) => read(`libs/preprocessing/fixtures/${name}`));
  const images = imageFixtures.map((name) => read(`tools/reference/images/${name}`));
  const format = { encoding: AudioEncoding.AUDIO_ENCODING_CONTAINER };
  const encodeAudio = async (clips: readonly Uint8Array[]) =>
    (await client.encodeAudio({ clips: clips.map((data) => ({ format, data: Buffer.from(data) })) })).results;
  const encodeImages = async (images: readonly Uint8Array[]) =>
    (await client.encodeImages({ images: images.map((data) => ({ encoded: Buffer.from(data) })) })).results;
  const targets: Record<string, () => Promise<Map<string, number>>> = {
    containers: () => fuzzItems(encodeAudio, files, count, next),
    images: () => fuzzItems(encodeImages, images, count, next),
    messages: () => fuzzMessages(server.address, methods(files[0], images[0]), count, next),
    inference: () => fuzzInference(server.address, { audio: files[0], image: images[0] }, count, next),
    flight: async () => {
      const content = { audio: files[0], image: images[0] };
      return fuzzFlight(server.address, content, await Neighbour.of(client, 'a sailboat'), count, next);
    },
    http2: async () => {
      const texts = Buffer.concat([field(2, Buffer.from('a pizza')), field(2, Buffer.from('a volcano'))]);
      return fuzzHttp2(server.address, texts, await Neighbour.of(client, 'a sailboat'), count, next);
    },
    http: async () =>
      fuzzHttp(server.httpAddress!, images[0], await Neighbour.of(client, 'a sailboat'), count, next),
    weights: () =>
      fuzzWeights(
        ['v2', 'uncompressed'].map((name) => read(`libs/weight-loader/fixtures/${name}.parquet`)),
        count,
        next,
      ),
  };
  // Warm: what every run has is no growth, and workers that a first call starts are no part of its time.
  await client.transcribe({ format, data: Buffer.from(files[0]) });
  await client.caption({ images: [{ encoded: Buffer.from(images[0]) }] });
  await fuzzItems(encodeAudio, files, 100, next);
  await fuzzItems(encodeImages, images, 200, next);
  const before = process.memoryUsage().rss;
  for (const [name, run] of Object.entries(targets)) {
    if (only !== undefined && only !== name) continue;
    const started = performance.now();
    const outcomes = [...(await run())].sort((a, b) => b[1] - a[1]);
    process.stdout.write(`${name}: ${count} in ${((performance.now() - started) / 1000).toFixed(0)} s\n`);
    for (const [outcome, times] of outcomes)
      process.stdout.write(`  ${String(times).padStart(7)}  ${outcome}\n`);
  }
  const grown = (process.memoryUsage().rss - before) / 1024 / 1024;
  process.stdout.write(`memory: ${grown.toFixed(0)} MB more than before\n`);
  client.close();
  await server.drain();
  if (grown > ALLOWED_GROWTH_MB) process.exitCode = 1;
}

/** Whole requests of every method that takes bytes, by hand: field numbers are those of proto/. */
function methods(audio: Uint8Array, image: Uint8Array): Method[] {
  const format = field(2, Buffer.of(0x08, 4));
  const half = audio.length >> 1;
  const chunk = (sequence: number, bytes: Uint8Array) =>
    field(2, Buffer.concat([Buffer.of(0x08, sequence), field(2, bytes)]));
  const encoded = field(2, image);
  const text = (words: string) => Buffer.from(words);
  const item = (content: Uint8Array) => field(2, content);
  const query = field(2, field(2, text('a pizza')));
  return [
    { path: 'AudioEncoder/Encode', messages: [field(2, Buffer.concat([format, field(3, audio)]))] },
    {
      path: 'AudioEncoder/EncodeStream',
      messages: [field(1, format), chunk(0, audio.subarray(0, half)), chunk(1, audio.subarray(half))],
    },
    {
      path: 'Transcriber/Transcribe',
      // A prompt, beams and what was said before among the options.
      messages: [
        Buffer.concat([
          format,
          field(3, audio),
          field(4, Buffer.concat([field(4, text('a pizza')), Buffer.of(0x30, 2, 0x48, 1)])),
        ]),
      ],
    },
    {
      path: 'Transcriber/TranscribeStream',
      messages: [
        field(1, Buffer.concat([format, Buffer.of(0x20, 0xf4, 0x03)])),
        chunk(0, audio.subarray(0, half)),
        chunk(1, audio.subarray(half)),
      ],
    },
    {
      path: 'Captioner/Caption',
      messages: [Buffer.concat([field(2, encoded), field(3, text('a ')), Buffer.of(0x20, 2, 0x28, 20)])],
    },
    { path: 'ImageEncoder/Encode', messages: [field(2, encoded)] },
    {
      path: 'ImageEncoder/EncodeStream',
      messages: [field(1, Buffer.alloc(0)), field(2, Buffer.concat([Buffer.of(0x08, 1), item(encoded)]))],
    },
    {
      path: 'TextEncoder/Encode',
      messages: [Buffer.concat([field(2, text('a pizza')), field(2, text('☃'))])],
    },
    { path: 'CrossModal/Rank', messages: [Buffer.concat([query, field(3, field(3, encoded))])] },
    {
      path: 'CrossModal/Rank',
      // Two queries that ask together, by reciprocal rank, with two sources.
      messages: [
        Buffer.concat([
          query,
          field(2, Buffer.concat([field(2, text('a boat')), Buffer.of(0x3d, 0, 0, 0x40, 0x40)])),
          field(3, field(3, encoded)),
          field(3, field(2, text('a picture'))),
          field(
            5,
            Buffer.concat([Buffer.of(0x08, 4), field(2, Buffer.of()), field(2, field(3, Buffer.of(0, 1)))]),
          ),
        ]),
      ],
    },
    {
      path: 'CrossModal/Fuse',
      messages: [Buffer.concat([query, field(2, field(3, encoded)), Buffer.of(0x18, 2)])],
    },
    {
      // No model of the demo's encodes pairs: it is what comes before that is fuzzed.
      path: 'CrossModal/Match',
      messages: [field(2, Buffer.concat([field(2, text('a pizza')), field(3, encoded)]))],
    },
    {
      path: 'CrossModal/Classify',
      messages: [
        Buffer.concat([field(2, field(3, encoded)), field(3, text('pizza')), field(4, text('a {}'))]),
      ],
    },
  ];
}

/** A length-delimited protobuf field. */
function field(number: number, bytes: Uint8Array): Buffer {
  const length: number[] = [];
  for (let rest = bytes.length; ; rest >>>= 7) {
    length.push(rest > 127 ? (rest & 127) | 128 : rest);
    if (rest <= 127) break;
  }
  return Buffer.concat([Buffer.of((number << 3) | 2, ...length), bytes]);
}
