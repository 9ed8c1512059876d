import { decodeEmbedding, type EmbeddingBytes, TriptychError } from '@triptych/core';
import type { AudioClip, EncodedItem, Engine, EngineCall, ItemResult, ModelStamp } from '@triptych/engine';
import { checkBatch } from '@triptych/validation';
import { z } from 'zod';
import { decodedBytes, type Input, inputFields, readInputs, unreadInputs } from '../input/inputs.js';
import { name, text } from '../json/parse-request.js';
import type { PostedRequest } from '../posted-request.js';

export const embeddingsRequest = z.strictObject({
  model: name('A served model. Without: the first that takes what is sent.').optional(),
  ...inputFields,
  encoding_format: z
    .enum(['float', 'base64'])
    .optional()
    .meta({ description: 'Numbers (the default), or little-endian float32 in base64.' }),
  dimensions: z
    .number({ error: 'expected a number' })
    .int('expected a whole number')
    .min(1, 'expected 1 or more')
    .optional()
    .meta({ description: 'Keep the first so many values, and normalise what is left.' }),
  user: text('Not read.').optional(),
  pooling: name('Which vector of the encoder’s output. Default: the encoder’s own.').optional(),
  normalize: z
    .boolean({ error: 'expected true or false' })
    .optional()
    .meta({ description: 'Default: true.' }),
  context: name('Of audio: padded or trimmed. Default: the model’s own.').optional(),
  reject_too_long: z.boolean({ error: 'expected true or false' }).optional().meta({
    description: 'Refuse texts of more tokens than the model takes, rather than cut them off there.',
  }),
});
type EmbeddingsRequest = z.infer<typeof embeddingsRequest>;

/** What a modality is encoded by, in the words of gRPC: tokens are allowed methods by it. */
const methods = {
  text: '/triptych.v1.TextEncoder/Encode',
  image: '/triptych.v1.ImageEncoder/Encode',
  audio: '/triptych.v1.AudioEncoder/Encode',
} as const;
const modalities = ['text', 'image', 'audio'] as const;
export const embeddingMethods = Object.values(methods);

/** An input's vector, and what is said of it. */
interface Encoded extends EncodedItem {
  readonly stamp: ModelStamp;
  /** Of texts. */
  readonly tokens: number;
  readonly truncated: boolean;
}

/** `POST /v1/embeddings`. One input that fails fails the request: the contract has no place for it among the others. */
export async function embeddings(
  { engine, call, bodyBytes, reader, held }: PostedRequest,
  request: EmbeddingsRequest,
): Promise<Buffer> {
  const unread = unreadInputs(request);
  for (const modality of new Set(unread.map((one) => one.modality))) call.authorize(methods[modality]);
  checkCounts(engine, unread);
  if (request.pooling === 'none') {
    throw new TriptychError(
      'POOLING_UNSUPPORTED',
      'this route has one vector for an input; for one of each frame, patch or token call Encode over gRPC',
      { field: 'pooling' },
    );
  }
  const inputs = await readInputs(unread, reader);
  held.leave();
  const source = { engine, call, bodyBytes };
  const encoded = await encodeAll(source, inputs, request, (i) => unread[i].field);
  return answer(encoded, request.encoding_format ?? 'float', reader.pause);
}

/** Before anything is decoded. */
function checkCounts({ limits }: Engine, unread: readonly { readonly modality: Input['modality'] }[]): void {
  const most = { text: limits.maxTexts, image: limits.maxImages, audio: limits.maxClips };
  checkBatch(unread.length, limits.maxTexts + limits.maxImages + limits.maxClips, 'input');
  for (const modality of modalities) {
    const count = unread.filter((one) => one.modality === modality).length;
    if (count > 0) checkBatch(count, most[modality], 'input');
  }
}

/** Encodes the inputs of each modality as one batch. Throws what the first of them failed of. */
async function encodeAll(
  { engine, call, bodyBytes }: Pick<PostedRequest, 'engine' | 'call' | 'bodyBytes'>,
  inputs: readonly Input[],
  request: EmbeddingsRequest,
  fieldOf: (index: number) => string,
): Promise<Encoded[]> {
  const encoded: Encoded[] = [];
  // The body is counted once: with the texts, which are views of it, where there are any.
  const first = modalities.find((modality) => inputs.some((input) => input.modality === modality));
  const encodeOf = async (modality: Input['modality']) => {
    const places = inputs.flatMap((input, i) => (input.modality === modality ? [i] : []));
    if (places.length === 0) return;
    const batch = places.map((i) => inputs[i]);
    const engineCall = call.engineCall((modality === first ? bodyBytes : 0) + decodedBytes(batch));
    const results = await encodeBatch(engine, modality, batch, request, engineCall).catch(
      (thrown: unknown) => {
        throw inRequest(TriptychError.from(thrown));
      },
    );
    results.forEach((result, i) => {
      if ('error' in result) throw atField(result.error, fieldOf(places[i]));
      encoded[places[i]] = result;
    });
  };
  await Promise.all(modalities.map(encodeOf));
  return encoded;
}

async function encodeBatch(
  engine: Engine,
  modality: Input['modality'],
  inputs: readonly Input[],
  { model, pooling, normalize, dimensions, context, reject_too_long: rejectTooLong }: EmbeddingsRequest,
  call: EngineCall,
): Promise<ItemResult<Encoded>[]> {
  const options = { pooling, normalize, dimensions };
  if (modality === 'text') {
    const texts = inputs.flatMap((input) => (input.modality === 'text' ? [input.text] : []));
    const { stamp, results } = await engine.encodeTexts({ model, texts, options, rejectTooLong }, call);
    return results.map((item) => ('error' in item ? item : { ...item, stamp }));
  }
  const bytes = inputs.flatMap((input) => (input.modality === 'text' ? [] : [input.bytes]));
  const { stamp, results } =
    modality === 'image'
      ? await engine.encodeImages({ model, images: bytes.map((encoded) => ({ encoded })), options }, call)
      : await engine.encodeAudio({ model, clips: bytes.map(clipOf), options, context }, call);
  return results.map((item) => ('error' in item ? item : { ...item, stamp, tokens: 0, truncated: false }));
}

/** A file, whose bytes say what it is. */
export function clipOf(data: Uint8Array): AudioClip {
  return { data, format: { encoding: 'container' } };
}

/** A failure of the whole call, with the field as this route has it: `options.dimensions` is `dimensions` here. */
function inRequest(error: TriptychError): TriptychError {
  const field = error.field?.replace(/^options\./, '').replace(/^(texts|images|clips)$/, 'input');
  return atField(error, field);
}

function atField(error: TriptychError, field: string | undefined): TriptychError {
  const { reason, message, cause, resource, retryAfterMs } = error;
  return new TriptychError(reason, message, { field, cause, resource, retryAfterMs });
}

/** OpenAI's list, made piece by piece: a hundred thousand numbers in decimals take the event loop tens of milliseconds. */
async function answer(
  encoded: readonly Encoded[],
  format: 'float' | 'base64',
  pause: () => Promise<void>,
): Promise<Buffer> {
  const parts: string[] = [];
  for (const [index, one] of encoded.entries()) {
    const { embedding, stamp, truncated } = one;
    parts.push(
      JSON.stringify({
        object: 'embedding',
        index,
        embedding: format === 'base64' ? base64Of(embedding) : numbersOf(embedding),
        space: stamp.space,
        ...(truncated ? { truncated } : {}),
      }),
    );
    await pause();
  }
  const [{ stamp }] = encoded;
  const tokens = encoded.reduce((sum, one) => sum + one.tokens, 0);
  const { model, fingerprint } = stamp;
  const rest = JSON.stringify({ model, fingerprint, usage: { prompt_tokens: tokens, total_tokens: tokens } });
  return Buffer.from(`{"object":"list","data":[${parts.join(',')}],${rest.slice(1)}`);
}

function base64Of({ bytes }: EmbeddingBytes): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

function numbersOf({ bytes, scale }: EmbeddingBytes): number[] {
  return [...decodeEmbedding(bytes, 'float32', scale)];
}
