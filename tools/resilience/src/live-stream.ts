import { setTimeout as sleep } from 'node:timers/promises';
import {
  type AudioStreamConfig,
  type AudioWindow__Output,
  readEmbedding,
  type TriptychClient,
} from '@triptych/client';
import { format, RATE } from './speech.js';

const CHUNK_MS = 100;
const CHUNK_BYTES = (RATE * 2 * CHUNK_MS) / 1000;
const config: AudioStreamConfig = { format, windowMs: 500 };

/** What both kinds of stream of the client can do. */
interface Sendable extends AsyncIterable<{ window?: AudioWindow__Output | null }> {
  send(data: Uint8Array): Promise<void>;
  finish(): void;
}

export interface LiveResult {
  readonly windows: AudioWindow__Output[];
  /** Bytes of audio. */
  readonly sent: number;
}

/** Streams audio, over and over, in real time until `isOver`; where its connection breaks off, it goes on. */
export function liveResuming(
  client: TriptychClient,
  audio: Buffer,
  isOver: () => boolean,
): Promise<LiveResult> {
  return inRealTime(client.resumingAudio(config), audio, isOver);
}

/** The same on one stream that ends where its connection does. */
export function live(client: TriptychClient, audio: Buffer, isOver: () => boolean): Promise<LiveResult> {
  const stream = client.streamAudio();
  stream.configure(config);
  return inRealTime(stream, audio, isOver);
}

async function inRealTime(stream: Sendable, audio: Buffer, isOver: () => boolean): Promise<LiveResult> {
  let sent = 0;
  const sending = (async () => {
    const started = performance.now();
    for (let i = 0; !isOver(); i++) {
      await sleep(Math.max(0, started + i * CHUNK_MS - performance.now()));
      const at = sent % audio.length;
      await stream.send(audio.subarray(at, at + CHUNK_BYTES));
      sent += Math.min(CHUNK_BYTES, audio.length - at);
    }
    stream.finish();
  })();
  const windows = await collect(stream);
  await sending;
  return { windows, sent };
}

/** The windows of the same audio, sent at once to a server that stays. */
export async function expectedWindows(
  client: TriptychClient,
  audio: Buffer,
  sent: number,
): Promise<AudioWindow__Output[]> {
  const stream = client.streamAudio();
  stream.configure(config);
  const sending = (async () => {
    for (let at = 0; at < sent;) {
      const piece = audio.subarray(at % audio.length, (at % audio.length) + Math.min(32_000, sent - at));
      await stream.send(piece);
      at += piece.length;
    }
    stream.finish();
  })();
  const windows = await collect(stream);
  await sending;
  return windows;
}

async function collect(stream: Sendable): Promise<AudioWindow__Output[]> {
  const windows: AudioWindow__Output[] = [];
  for await (const { window } of stream) if (window) windows.push(window);
  return windows;
}

/** What is wrong with windows that were found: each that is missing, comes twice or in another order, or holds another vector. */
export function differences(found: AudioWindow__Output[], wanted: AudioWindow__Output[]): string[] {
  return Array.from({ length: Math.max(found.length, wanted.length) }, (_, i) =>
    difference(found[i], wanted[i]),
  ).filter((what) => what !== undefined);
}

function difference(a?: AudioWindow__Output, b?: AudioWindow__Output): string | undefined {
  if (!a || !b) return a ? `window ${a.index} is one too many` : `window ${b?.index} is missing`;
  const place = ({ index, startSample, endSample }: AudioWindow__Output) =>
    `window ${index} of samples ${startSample} to ${endSample}`;
  if (place(a) !== place(b)) return `${place(a)} came where ${place(b)} was due`;
  if (!a.embedding || !b.embedding) {
    const outcome = ({ error }: AudioWindow__Output) => error?.reason ?? 'a vector';
    return outcome(a) === outcome(b) ? undefined : `${place(a)}: ${outcome(a)} instead of ${outcome(b)}`;
  }
  const [x, y] = [a.embedding, b.embedding].map((embedding) => readEmbedding(embedding).values);
  const worst = x.reduce((most, value, d) => Math.max(most, Math.abs(value - y[d])), 0);
  return worst <= 1e-5 ? undefined : `${place(a)}: a vector that differs by ${worst.toExponential(1)}`;
}
