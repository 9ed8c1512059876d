import type { ComparedItem, FailedPlace, GivenEmbedding } from '@triptych/engine';
import type { FailedItem, Item__Output } from '@triptych/protocol';
import { readClip } from '../audio/clips.js';
import { readImage } from '../image/images.js';
import { embeddingEncodings, nameOf } from '../names.js';
import { toItemError } from '../status.js';
import { textBytes } from '../text/text-bytes.js';

export function readItem(item: Item__Output): ComparedItem {
  const { id, content, text, image, audio, embedding, space, weight } = item;
  if (content === 'text') return { id, weight, text: textBytes(text) };
  if (image) return { id, weight, image: readImage(image) };
  if (audio) return { id, weight, audio: readClip(audio) };
  return embedding ? { id, weight, embedding: readEmbedding(embedding, space) } : { id, weight };
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
