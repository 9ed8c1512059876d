import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  type AudioStreamConfig,
  type AudioStreamResponse__Output,
  type AudioWindow__Output,
  readEmbedding,
  TriptychClient,
} from '@triptych/client';
import { type Logger, silentLogger } from '@triptych/core';
import { type RunningServer, startServer } from '../compose.js';
import { type Flags, readConfig } from '../config/read-config.js';

const root = new URL('../../../../', import.meta.url);

const path = (name: string) => fileURLToPath(new URL(name, root));

/** The demo models, which a fresh clone serves. */
export const demoModel = path('models/demo/whisper');
export const demoClip = path('models/demo/clip');
export const RATE = 16_000;

/** One of the sample recordings as 16-bit PCM at 16 kHz. */
export function speech(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`examples/speech/${name}.wav`, root)).subarray(44));
}

/** One of the sample pictures, a PNG. */
export function picture(name: string): Buffer {
  return readFileSync(new URL(`examples/images/${name}.png`, root));
}

/** One of the images of the parity tests. */
export function testImage(name: string): Buffer {
  return readFileSync(new URL(`tools/reference/images/${name}`, root));
}

export interface TestServer {
  readonly server: RunningServer;
  readonly client: TriptychClient;
  close(): Promise<void>;
}

/** A real server with the demo's Whisper, or the models in `flags`, on a free port, and a client that is connected to it. */
export async function serveDemo(flags: Flags = {}, logger: Logger = silentLogger): Promise<TestServer> {
  const config = readConfig({ models: [demoModel], listen: '127.0.0.1:0', drainMs: 1000, ...flags }, {});
  const server = await startServer(config, logger);
  const client = new TriptychClient(server.address);
  return {
    server,
    client,
    close: async () => {
      client.close();
      await server.drain();
    },
  };
}

/** Streams bytes in pieces of the given lengths, over and over, and collects every answer. */
export async function streamAll(
  client: TriptychClient,
  config: AudioStreamConfig,
  bytes: Uint8Array,
  pieces: readonly number[] = [3200],
): Promise<AudioStreamResponse__Output[]> {
  const stream = client.streamAudio();
  stream.configure(config);
  const sending = (async () => {
    for (let at = 0, i = 0; at < bytes.length; i++) {
      const next = at + pieces[i % pieces.length];
      await stream.send(bytes.subarray(at, next));
      at = next;
    }
    stream.finish();
  })();
  const answers: AudioStreamResponse__Output[] = [];
  for await (const answer of stream) answers.push(answer);
  await sending;
  return answers;
}

export function windowsOf(answers: readonly AudioStreamResponse__Output[]): AudioWindow__Output[] {
  return answers.flatMap((answer) => answer.window ?? []);
}

export function vectorOf(item: {
  embedding?: AudioWindow__Output['embedding'];
  error?: unknown;
}): Float32Array {
  if (!item.embedding) throw new TypeError(`no embedding: ${JSON.stringify(item.error)}`);
  return readEmbedding(item.embedding).values;
}

export function maxDifference(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) return Infinity;
  return a.reduce((worst, value, i) => Math.max(worst, Math.abs(value - b[i])), 0);
}
