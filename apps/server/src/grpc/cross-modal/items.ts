import type { ComparedItem, FailedPlace, GivenEmbedding } from '@triptych/engine';
import type { FailedItem, Item__Output } from '@triptych/protocol';
import { readClip } from '../audio/clips.js';
import { readImage } from '../image/images.js';
import { embeddingEncodings, nameOf } from '../names.js';
import { toItemError } from '../status.js';
import { textBytes } from '../text/text-bytes.js';

export function readItem({ id, content, text, image, audio, embedding, space }: Item__Output): ComparedItem {
  if (content === 'text') return { id, text: textBytes(text) };
  if (image) return { id, image: readImage(image) };
  if (audio) return { id, audio: readClip(audio) };
  return embedding ? { id, embedding: readEmbedding(embedding, space) } : { id };
}

/** A list's values are their bytes: see `loadWirePackage`. */
function readEmbedding(
  { encoding, raw, values, scale }: NonNullable<Item__Output['embedding']>,
  space: string,
): GivenEmbedding {
  const name = nameOf(embeddingEncodings, encoding);
  if (name === 'float32' || name === 'float16' || name === 'int8')
    return { space, bytes: raw, encoding: name, scale };
  return { space, bytes: values as unknown as Uint8Array, encoding: 'float32', scale };
}

export function failedMessages(failed: readonly FailedPlace[]): FailedItem[] {
  return failed.map(({ index, error }) => ({ index, error: toItemError(error) }));
}
