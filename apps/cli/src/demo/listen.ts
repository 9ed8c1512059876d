import { readFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AudioEncoding, type AudioStreamConfig, readEmbedding, type TriptychClient } from '@triptych/client';
import { TriptychError } from '@triptych/core';

/** One window as it came back. */
export interface HeardWindow {
  readonly startS: number;
  readonly endS: number;
  /** From sending the window's last chunk to holding its vector. */
  readonly lagMs: number;
  readonly dimensions: number;
  readonly norm: number;
}

/** A sample that was streamed. */
export interface Heard {
  readonly name: string;
  readonly seconds: number;
  readonly windows: readonly HeardWindow[];
  /** Vector of the whole sample, and the space that it lies in. */
  readonly vector: Float32Array;
  readonly space: string;
}

const CHUNK_MS = 100;
const WAV_HEADER_BYTES = 44;

/**
 * Streams a WAV of 16-bit mono speech in chunks of 100 ms, at the pace of speaking: once in short windows that come
 * back while it is still going on, and once as a whole.
 */
export async function listenTo(
  client: TriptychClient,
  path: string,
  onWindow: (name: string, window: HeardWindow) => void,
): Promise<Heard> {
  const name = basename(path, extname(path));
  const wav = await readFile(path);
  const sampleRate = wav.readUInt32LE(24);
  const pcm = wav.subarray(WAV_HEADER_BYTES);
  const format = { encoding: AudioEncoding.AUDIO_ENCODING_PCM_S16LE, sampleRateHz: sampleRate };
  const windows: HeardWindow[] = [];
  let vector = new Float32Array(0);
  const live = stream(client, { format, windowMs: 1000, hopMs: 500 }, pcm, sampleRate, (window) => {
    windows.push(window);
    onWindow(name, window);
  });
  const whole = stream(client, { format }, pcm, sampleRate, (_window, values) => (vector = values));
  const [, space] = await Promise.all([live, whole]);
  return { name, seconds: pcm.length / 2 / sampleRate, windows, vector, space };
}

async function stream(
  client: TriptychClient,
  config: AudioStreamConfig,
  pcm: Uint8Array,
  sampleRate: number,
  onWindow: (window: HeardWindow, values: Float32Array<ArrayBuffer>) => void,
): Promise<string> {
  const audio = client.streamAudio();
  const sentAt: number[] = [];
  const speak = async () => {
    const chunkBytes = (2 * sampleRate * CHUNK_MS) / 1000;
    const started = performance.now();
    for (let at = 0; at < pcm.length; at += chunkBytes) {
      await sleep(Math.max(0, started + sentAt.length * CHUNK_MS - performance.now()));
      sentAt.push(performance.now());
      await audio.send(pcm.subarray(at, at + chunkBytes));
    }
    audio.finish();
  };
  audio.configure(config);
  const spoken = speak();
  let space = '';
  for await (const { ready, window } of audio) {
    if (ready) space = ready.stamp?.space ?? '';
    if (!window) continue;
    if (!window.embedding)
      throw new TriptychError('INTERNAL', window.error?.message ?? 'a window without a vector');
    const { values, shape } = readEmbedding(window.embedding);
    onWindow(
      {
        startS: window.startSample / sampleRate,
        endS: window.endSample / sampleRate,
        lagMs: performance.now() - sentAt[window.lastSequence],
        dimensions: shape[0],
        norm: Math.hypot(...values),
      },
      values as Float32Array<ArrayBuffer>,
    );
  }
  await spoken;
  return space;
}
