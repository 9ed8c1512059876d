import { readFile } from 'node:fs/promises';
import { AudioEncoding, type Item, readEmbedding, type TriptychClient } from '@triptych/client';
import { problemOf, TriptychError } from '@triptych/core';
import { mediaOf } from '../encode/media.js';
import { isWords } from './is-words.js';

/** What is searched with: the path of a picture or recording, or words. Throws FILE_UNREADABLE. */
export async function readQuery(query: string): Promise<Item> {
  if (isWords(query)) return { id: query, text: query };
  const data = await readFile(query).catch((cause: unknown) => {
    throw new TriptychError('FILE_UNREADABLE', `${query}: ${problemOf(cause)}`, { cause });
  });
  if (mediaOf(query) === 'image') return { id: query, image: { encoded: data } };
  return { id: query, audio: { format: { encoding: AudioEncoding.AUDIO_ENCODING_CONTAINER }, data } };
}

/** A query's vector, of length 1, and the space that it lies in. */
export async function encodeQuery(
  client: TriptychClient,
  { id, text, image, audio }: Item,
): Promise<{ vector: Float32Array; space: string }> {
  const encode = () => {
    if (image) return client.encodeImages({ images: [image] });
    if (audio) return client.encodeAudio({ clips: [audio] });
    return client.encodeTexts({ texts: [text ?? ''] });
  };
  const { stamp, results } = await encode();
  const [{ embedding, error }] = results;
  if (embedding) return { vector: readEmbedding(embedding).values, space: stamp?.space ?? '' };
  throw new TriptychError('FILE_UNREADABLE', `${id}: ${error?.message ?? 'no vector'}`);
}
