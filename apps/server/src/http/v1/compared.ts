import { type ComparedItem, inFieldAsync } from '@triptych/engine';
import { z } from 'zod';
import { decodeBase64 } from '../input/base64.js';
import { type Input, readText } from '../input/inputs.js';
import { type InputReader, readMedium } from '../input/media.js';
import { JsonText } from '../json/json-text.js';
import { text } from '../json/parse-request.js';
import { clipOf } from './embeddings.js';

const contents = {
  text: z.strictObject({ text: text('A text.') }),
  image: z.strictObject({ image: text('data:image/…;base64,…, the base64 alone, or a URL') }),
  audio: z.strictObject({ audio: text('data:audio/…;base64,…, the base64 alone, or a URL') }),
  embedding: z.strictObject({
    embedding: text('Little-endian float32 in base64, as /v1/embeddings answers it.'),
    space: text('The space that it came with.'),
  }),
};

/** Something that is compared, of any modality, or a vector that was made of it before. */
export const comparedItem = z.union(
  [text('A text.'), contents.text, contents.image, contents.audio, contents.embedding],
  { error: 'expected a text, or an object with text, image, audio, or embedding and space' },
);
type Compared = z.infer<typeof comparedItem>;

const weight = z
  .number({ error: 'expected a number' })
  .optional()
  .meta({ description: 'How much it counts among the others. Default: 1.' });

/** A second stage, by one encoder of a text together with an image. */
export const early = z
  .strictObject({
    candidates: z
      .number({ error: 'expected a number' })
      .optional()
      .meta({ description: 'How many of the best are matched: up to 32. Default: 16.' }),
  })
  .meta({ description: 'Rank the best anew, by the probability that text and image match.' });

/** The same as one of several that are fused. */
export const weightedItem = z.union(
  [
    text('A text.'),
    contents.text.extend({ weight }),
    contents.image.extend({ weight }),
    contents.audio.extend({ weight }),
    contents.embedding.extend({ weight }),
  ],
  { error: 'expected a text, or an object with text, image, audio, or embedding and space, and a weight' },
);
type Weighted = z.infer<typeof weightedItem>;

/** What is compared, decoded. Throws MESSAGE_MALFORMED with the field. */
export async function readCompared(
  items: readonly (Compared | Weighted)[],
  fieldOf: (index: number) => string,
  reader: InputReader,
): Promise<ComparedItem[]> {
  const read: ComparedItem[] = [];
  for (const [i, item] of items.entries()) {
    read.push(await inFieldAsync(fieldOf(i), () => readOne(item, reader)));
    await reader.pause();
  }
  return read;
}

async function readOne(item: Compared | Weighted, reader: InputReader): Promise<ComparedItem> {
  if (typeof item === 'string' || item instanceof JsonText) return { text: readText(item) };
  const content = await readContent(item, reader);
  return 'weight' in item ? { ...content, weight: item.weight } : content;
}

async function readContent(
  item: Exclude<Compared, string | JsonText>,
  reader: InputReader,
): Promise<ComparedItem> {
  if ('text' in item) return { text: readText(item.text) };
  if ('image' in item) return { image: { encoded: await readMedium(item.image, 'image', reader) } };
  if ('audio' in item) return { audio: clipOf(await readMedium(item.audio, 'audio', reader)) };
  const bytes = await decodeBase64(item.embedding, 0, reader.pause);
  return { embedding: { bytes, encoding: 'float32', scale: 0, space: item.space.toString() } };
}

/** The same of what `input` and `inputs` bring. */
export function asCompared(input: Input): ComparedItem {
  if (input.modality === 'text') return { text: input.text };
  return input.modality === 'image' ? { image: { encoded: input.bytes } } : { audio: clipOf(input.bytes) };
}

/** Bytes of items that were decoded, beside their request's body. */
export function comparedBytes(items: readonly ComparedItem[]): number {
  return items.reduce(
    (sum, { image, audio }) => sum + (image?.encoded?.length ?? audio?.data.length ?? 0),
    0,
  );
}
