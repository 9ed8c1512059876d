import {
  type AudioClip,
  AudioEncoding,
  type Image,
  PixelFormat,
  readEmbedding,
  type TriptychClient,
} from '@triptych/client';
import { TriptychError } from '@triptych/core';
import { PICTURE_SIZE } from './dataset.js';

/** Items of one call. */
const BATCH = 32;

interface Result {
  readonly embedding?: Parameters<typeof readEmbedding>[0] | null;
  readonly error?: { readonly message: string } | null;
}

/** Vectors of pictures, RGB bytes of the model's own size, by the server. */
export function encodePictures(client: TriptychClient, pictures: readonly Buffer[]): Promise<Float32Array[]> {
  const raw = (data: Buffer): Image => ({
    raw: { format: PixelFormat.PIXEL_FORMAT_RGB8, width: PICTURE_SIZE, height: PICTURE_SIZE, data },
  });
  return inBatches(
    pictures,
    async (batch) => (await client.encodeImages({ images: batch.map(raw) })).results,
  );
}

export function encodeWords(client: TriptychClient, texts: readonly string[]): Promise<Float32Array[]> {
  return inBatches(texts, async (batch) => (await client.encodeTexts({ texts: batch })).results);
}

/** Vectors of recordings, 16 bit at 16 kHz. */
export function encodeSpeech(client: TriptychClient, recordings: readonly Buffer[]): Promise<Float32Array[]> {
  const format = { encoding: AudioEncoding.AUDIO_ENCODING_PCM_S16LE, sampleRateHz: 16_000 };
  const clip = (data: Buffer): AudioClip => ({ format, data });
  return inBatches(
    recordings,
    async (batch) => (await client.encodeAudio({ clips: batch.map(clip) })).results,
  );
}

async function inBatches<T>(
  items: readonly T[],
  encode: (batch: T[]) => Promise<readonly Result[]>,
): Promise<Float32Array[]> {
  const vectors: Float32Array[] = [];
  for (let at = 0; at < items.length; at += BATCH) {
    for (const { embedding, error } of await encode(items.slice(at, at + BATCH))) {
      if (!embedding) throw new TriptychError('INTERNAL', error?.message ?? 'no vector');
      vectors.push(readEmbedding(embedding).values);
    }
  }
  return vectors;
}
