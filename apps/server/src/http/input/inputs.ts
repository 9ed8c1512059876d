import { TriptychError } from '@triptych/core';
import { inFieldAsync } from '@triptych/engine';
import { z } from 'zod';
import { JsonText } from '../json/json-text.js';
import { name, text } from '../json/parse-request.js';
import { type InputReader, readMedium } from './media.js';

/** Something that a request brings to be encoded. Texts are their UTF-8 where they came so. */
export type Input =
  | { readonly modality: 'text'; readonly text: string | Uint8Array }
  | { readonly modality: 'image' | 'audio'; readonly bytes: Uint8Array };

/** What of a request is not read yet, and its field. */
export interface UnreadInput {
  readonly field: string;
  readonly modality: Input['modality'];
  readonly content: string | JsonText;
}

/** A text that is longer than this cannot be one of 32 KiB, however it is escaped: it is refused by its length. */
const LONGEST_ESCAPED = 6 * 32 * 1024;

const dataUri = (medium: string) =>
  text(`data:${medium}/…;base64,…, the base64 alone, or a URL of a host that the server fetches from`);
const url = (medium: string) => z.union([dataUri(medium), z.strictObject({ url: dataUri(medium) })]);
const part = z.discriminatedUnion(
  'type',
  [
    z.strictObject({ type: z.literal('text'), text: text('A text.') }),
    z.strictObject({ type: z.literal('image_url'), image_url: url('image') }),
    z.strictObject({ type: z.literal('image_base64'), image_base64: dataUri('image') }),
    z.strictObject({ type: z.literal('audio_url'), audio_url: url('audio') }),
    z.strictObject({
      type: z.literal('input_audio'),
      input_audio: z.strictObject({ data: dataUri('audio'), format: name('Not needed.').optional() }),
    }),
  ],
  {
    error: 'expected a part of type text, image_url, image_base64, audio_url or input_audio, and its content',
  },
);
type Part = z.infer<typeof part>;

/** How a request names what it brings: one of the two is there. */
export const inputFields = {
  input: z
    .union([text('One text, or one data URI.'), z.array(text('A text, or a data URI.'))], {
      error: 'expected a text, or a list of texts; ids of tokens are of another tokenizer: send the text',
    })
    .optional(),
  modality: z
    .enum(['text', 'image', 'audio'])
    .optional()
    .meta({ description: 'What `input` is: texts (the default), or data URIs of images or of audio files.' }),
  inputs: z
    .array(
      z.strictObject({
        content: z.array(part).length(1, 'expected one part: an input has one vector'),
      }),
    )
    .optional()
    .meta({
      description: 'In the place of `input`: texts, images and clips, each with a vector of its own.',
    }),
};

interface InputFields {
  readonly input?: string | JsonText | readonly (string | JsonText)[] | undefined;
  readonly modality?: Input['modality'] | undefined;
  readonly inputs?: readonly { readonly content: readonly Part[] }[] | undefined;
}

/** What a request brings, before anything of it is decoded. Throws MESSAGE_MALFORMED where it says so twice, or not at all. */
export function unreadInputs({ input, modality = 'text', inputs }: InputFields): UnreadInput[] {
  if ((input === undefined) === (inputs === undefined))
    throw new TriptychError('MESSAGE_MALFORMED', 'expected either input or inputs', { field: 'input' });
  if (inputs) return inputs.map(({ content: [one] }, i) => ({ field: `inputs[${i}]`, ...contentOf(one) }));
  if (typeof input === 'string' || input instanceof JsonText)
    return [{ field: 'input', modality, content: input }];
  return (input ?? []).map((content, i) => ({ field: `input[${i}]`, modality, content }));
}

function contentOf(one: Part): Omit<UnreadInput, 'field'> {
  switch (one.type) {
    case 'text':
      return { modality: 'text', content: one.text };
    case 'image_url':
      return { modality: 'image', content: urlOf(one.image_url) };
    case 'image_base64':
      return { modality: 'image', content: one.image_base64 };
    case 'audio_url':
      return { modality: 'audio', content: urlOf(one.audio_url) };
    case 'input_audio':
      return { modality: 'audio', content: one.input_audio.data };
  }
}

function urlOf(value: string | JsonText | { url: string | JsonText }): string | JsonText {
  return typeof value === 'string' || value instanceof JsonText ? value : value.url;
}

/** Decodes what a request brings, in turns with others, and fetches what it names. Throws MESSAGE_MALFORMED, URL_REFUSED … with the field. */
export async function readInputs(unread: readonly UnreadInput[], reader: InputReader): Promise<Input[]> {
  const inputs: Input[] = [];
  for (const one of unread) {
    inputs.push(await inFieldAsync(one.field, () => readInput(one, reader)));
    await reader.pause();
  }
  return inputs;
}

async function readInput({ modality, content }: UnreadInput, reader: InputReader): Promise<Input> {
  if (modality === 'text') return { modality, text: readText(content) };
  return { modality, bytes: await readMedium(content, modality, reader) };
}

/** A text, or its bytes where they are what it stands for. */
export function readText(content: string | JsonText): string | Uint8Array {
  if (typeof content === 'string') return content;
  if (!content.isEscaped || content.bytes.length > LONGEST_ESCAPED) return content.bytes;
  return content.toString();
}

/** Bytes that were decoded of a request's base64, beside its body. */
export function decodedBytes(inputs: readonly Input[]): number {
  return inputs.reduce((sum, input) => sum + (input.modality === 'text' ? 0 : input.bytes.length), 0);
}
