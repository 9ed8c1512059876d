import { readFile } from 'node:fs/promises';
import { AudioEncoding, EmbeddingEncoding, readEmbedding, type TriptychClient } from '@triptych/client';
import { TriptychError } from '@triptych/core';
import type { ReferenceItem } from '@triptych/engine';

const options = { normalize: false, encoding: EmbeddingEncoding.EMBEDDING_ENCODING_RAW_FLOAT32 } as const;

/** The server's vector of a reference's input: what its default pooling and context give, not normalised. */
export async function encodeItem(
  client: TriptychClient,
  { kind, input }: ReferenceItem,
): Promise<Float32Array> {
  const [{ embedding, error }] = (await encode(client, kind, input)).results;
  if (embedding) return readEmbedding(embedding).values;
  throw new TriptychError('FILE_UNREADABLE', `${input}: ${error?.message ?? 'no vector'}`);
}

async function encode(client: TriptychClient, kind: ReferenceItem['kind'], input: string) {
  if (kind === 'text') return client.encodeTexts({ texts: [input], options });
  const data = await readFile(input).catch((cause: unknown) => {
    throw new TriptychError('FILE_UNREADABLE', `${input}: cannot be read`, { cause });
  });
  if (kind === 'image') return client.encodeImages({ images: [{ encoded: data }], options });
  const format = { encoding: AudioEncoding.AUDIO_ENCODING_CONTAINER };
  return client.encodeAudio({ clips: [{ format, data }], options });
}
