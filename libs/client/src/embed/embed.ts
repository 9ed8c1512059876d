import {
  type AudioClip,
  AudioContext,
  AudioEncoding,
  EmbeddingEncoding,
  type EmbeddingOptions,
  type EncodeAudioRequest,
  type EncodeImagesRequest,
  type EncodeTextsRequest,
  type Image,
  type ItemError__Output,
  type Model__Output,
  type ModelStamp__Output,
  readEmbedding,
} from '@triptych/protocol';
import type { RetryOptions } from '../retry.js';
import { requireSameModel } from '../same-model.js';
import { type Answer, encodeBatch, type EncodeCall, type Outcome } from './encode-batch.js';
import { type BatchLimit, inBatches } from './in-batches.js';

export interface EmbedOptions extends Omit<EmbeddingOptions, 'encoding'> {
  /** Default: the server's default model of the modality. */
  readonly model?: string;
  /** How numbers travel; they arrive as float32. float16 and int8 are smaller and less exact. Default: float32. */
  readonly numbers?: 'float32' | 'float16' | 'int8';
  /** Items of one call. Default: 64 texts, 16 images or 8 clips; never more than the server says that it takes. */
  readonly batchItems?: number;
  /** Calls that are under way at a time. Default: 4. */
  readonly concurrency?: number;
  /** How often a call, or an item of it, is repeated that may succeed later. */
  readonly retry?: RetryOptions;
  /** Called as answers come. */
  readonly onProgress?: (progress: EmbedProgress) => void;
  readonly signal?: AbortSignal;
}

export interface EmbedTextsOptions extends EmbedOptions {
  /** Which of the model's prompts is put before each text. Default: the model's own default; '' for none. */
  readonly promptName?: string;
  /** Fail for a text that the model would not see whole. */
  readonly rejectTooLong?: boolean;
}

export interface EmbedClipsOptions extends EmbedOptions {
  readonly context?: AudioContext;
}

export interface EmbedProgress {
  readonly done: number;
  /** Of them, those that have no vector. */
  readonly failed: number;
}

/** One item: its vector, or why it has none. */
export interface Embedded {
  readonly id: string;
  /** Row by row where the pooling gives a vector for each frame, patch or token. */
  readonly values?: Float32Array;
  /** [dim], or [n, dim]. */
  readonly shape: readonly number[];
  readonly error?: ItemError__Output;
}

export interface Embeddings {
  /** What made the vectors, and their space; undefined where no item came. */
  readonly stamp: ModelStamp__Output | undefined;
  /** In the order of the input. */
  readonly items: readonly Embedded[];
}

/** The bytes of an image file, or an image as the API has it. */
export type ImageInput = Uint8Array | Image;

/** Full scale is ±1 for floats; channels are interleaved. */
export interface Samples {
  readonly id?: string;
  readonly samples: Float32Array | Int16Array;
  readonly sampleRateHz: number;
  /** Default: 1. */
  readonly channels?: number;
}

/** The bytes of a WAV, FLAC, MP3 or Ogg file, samples, or a clip as the API has it. */
export type ClipInput = Uint8Array | Samples | AudioClip;

/** The calls that it takes. */
export interface Encoders {
  encodeTexts(request: EncodeTextsRequest, call: { signal: AbortSignal }): Promise<Answer>;
  encodeImages(request: EncodeImagesRequest, call: { signal: AbortSignal }): Promise<Answer>;
  encodeAudio(request: EncodeAudioRequest, call: { signal: AbortSignal }): Promise<Answer>;
  listModels(all: boolean, call: { signal?: AbortSignal | undefined }): Promise<readonly Model__Output[]>;
}

/** Bytes of one call: half of what a server receives by default. */
const BATCH_BYTES = 8 * 1024 * 1024;
/** What a server takes in one call by default. */
const MOST_ITEMS = { texts: 256, images: 64, clips: 64 };
const encodings = {
  float32: EmbeddingEncoding.EMBEDDING_ENCODING_RAW_FLOAT32,
  float16: EmbeddingEncoding.EMBEDDING_ENCODING_RAW_FLOAT16,
  int8: EmbeddingEncoding.EMBEDDING_ENCODING_RAW_INT8,
};

export async function embedTexts(
  client: Encoders,
  texts: Iterable<string> | AsyncIterable<string>,
  options: EmbedTextsOptions = {},
): Promise<Embeddings> {
  return collect(embedTextsAsTheyCome(client, texts, options));
}

export async function embedImages(
  client: Encoders,
  images: Iterable<ImageInput> | AsyncIterable<ImageInput>,
  options: EmbedOptions = {},
): Promise<Embeddings> {
  return collect(embedImagesAsTheyCome(client, images, options));
}

export async function embedClips(
  client: Encoders,
  clips: Iterable<ClipInput> | AsyncIterable<ClipInput>,
  options: EmbedClipsOptions = {},
): Promise<Embeddings> {
  return collect(embedClipsAsTheyCome(client, clips, options));
}

export function embedTextsAsTheyCome(
  client: Encoders,
  texts: Iterable<string> | AsyncIterable<string>,
  options: EmbedTextsOptions,
): AsyncGenerator<Embeddings, void, undefined> {
  const { promptName, rejectTooLong } = options;
  const request = { ...requestOf(options), ...(promptName !== undefined && { promptName }), rejectTooLong };
  const limit = limitOf(options.batchItems ?? 64, MOST_ITEMS.texts);
  return embed(texts, limit, options, {
    bytesOf: (text) => Buffer.byteLength(asText(text)),
    idOf: () => '',
    call: (batch, signal) => client.encodeTexts({ ...request, texts: [...batch] }, { signal }),
  });
}

export async function* embedImagesAsTheyCome(
  client: Encoders,
  images: Iterable<ImageInput> | AsyncIterable<ImageInput>,
  options: EmbedOptions,
): AsyncGenerator<Embeddings, void, undefined> {
  const request = requestOf(options);
  const most = await mostImages(client, options);
  yield* embed(images, limitOf(options.batchItems ?? 16, most), options, {
    bytesOf: (image) => bytesOf(asImage(image)),
    idOf: (image) => asImage(image).id ?? '',
    call: (batch, signal) => client.encodeImages({ ...request, images: batch.map(asImage) }, { signal }),
  });
}

export function embedClipsAsTheyCome(
  client: Encoders,
  clips: Iterable<ClipInput> | AsyncIterable<ClipInput>,
  options: EmbedClipsOptions,
): AsyncGenerator<Embeddings, void, undefined> {
  const { context = AudioContext.AUDIO_CONTEXT_UNSPECIFIED } = options;
  const request = { ...requestOf(options), context };
  return embed(clips, limitOf(options.batchItems ?? 8, MOST_ITEMS.clips), options, {
    bytesOf: (clip) => asClip(clip).data?.length ?? 0,
    idOf: (clip) => asClip(clip).id ?? '',
    call: (batch, signal) => client.encodeAudio({ ...request, clips: batch.map(asClip) }, { signal }),
  });
}

interface Kind<Item> {
  readonly bytesOf: (item: Item) => number;
  readonly idOf: (item: Item) => string;
  readonly call: EncodeCall<Item>;
}

/** Encodes items of one kind; yields each batch. */
async function* embed<Item>(
  items: Iterable<Item> | AsyncIterable<Item>,
  limit: BatchLimit,
  { concurrency = 4, retry, signal, onProgress }: EmbedOptions,
  { bytesOf, idOf, call }: Kind<Item>,
): AsyncGenerator<Embeddings, void, undefined> {
  // A string is iterable, too: by its characters.
  if (typeof items === 'string' || items instanceof Uint8Array)
    throw new TypeError('items are one text or file; expected several, as an array or another iterable');
  if (!Number.isInteger(concurrency) || concurrency < 1)
    throw new TypeError(`concurrency is ${concurrency}; expected a whole number from 1 on`);
  let [done, failed] = [0, 0];
  let first: ModelStamp__Output | undefined;
  const encode = async (batch: readonly Item[], either: AbortSignal): Promise<Embeddings> => {
    const { stamp, results } = await encodeBatch(batch, call, { limit, retry, signal: either });
    return {
      stamp: stamp ?? undefined,
      items: batch.map((item, i) => embedded(idOf(item), results[i] ?? {})),
    };
  };
  for await (const answer of inBatches(items, { limit, concurrency, bytesOf, signal }, encode)) {
    const { stamp } = answer;
    first ??= stamp;
    requireSameModel(first, stamp);
    done += answer.items.length;
    failed += answer.items.filter(({ error }) => error).length;
    onProgress?.({ done, failed });
    yield answer;
  }
}

async function collect(batches: AsyncIterable<Embeddings>): Promise<Embeddings> {
  const items: Embedded[] = [];
  let stamp: Embeddings['stamp'];
  for await (const batch of batches) {
    stamp ??= batch.stamp;
    for (const item of batch.items) items.push(item);
  }
  return { stamp, items };
}

function embedded(id: string, { embedding, error }: Outcome): Embedded {
  if (embedding) return { id, ...readEmbedding(embedding) };
  const missing = {
    code: 13,
    reason: 'INTERNAL',
    message: 'the answer has no result for this item',
    field: '',
    retryable: false,
  };
  return { id, shape: [], error: error ?? missing };
}

function requestOf({ model = '', pooling, normalize, dimensions, numbers = 'float32' }: EmbedOptions): {
  model: string;
  options: EmbeddingOptions;
} {
  return {
    model,
    options: {
      encoding: encodings[numbers],
      ...(pooling !== undefined && { pooling }),
      ...(normalize !== undefined && { normalize }),
      ...(dimensions !== undefined && { dimensions }),
    },
  };
}

function limitOf(wanted: number, most: number): BatchLimit {
  if (!Number.isInteger(wanted) || wanted < 1)
    throw new TypeError(`batchItems is ${wanted}; expected a whole number from 1 on`);
  return { items: Math.min(wanted, most), bytes: BATCH_BYTES };
}

/** What the server says that a call may hold. A token may not be allowed to ask: then what servers take by default. */
async function mostImages(client: Encoders, { model = '', signal }: EmbedOptions): Promise<number> {
  try {
    const models = await client.listModels(false, { signal });
    const encoders = models.flatMap(({ name, encoders: all }) =>
      all.filter(({ image, isDefault }) => image && (model === '' ? isDefault : name === model)),
    );
    return encoders[0]?.image?.maxBatchImages || MOST_ITEMS.images;
  } catch {
    signal?.throwIfAborted();
    return MOST_ITEMS.images;
  }
}

function asText(text: string): string {
  if (typeof text === 'string') return text;
  throw new TypeError(`a text is ${typeof text}; expected a string`);
}

function asImage(image: ImageInput): Image {
  if (image instanceof Uint8Array) return { encoded: bufferOf(image) };
  if (image && typeof image === 'object' && ('encoded' in image || 'raw' in image)) return image;
  throw new TypeError(`an image is ${typeof image}; expected the bytes of a file, { encoded } or { raw }`);
}

const bytesOf = ({ encoded, raw }: Image): number => encoded?.length ?? raw?.data?.length ?? 0;

function asClip(clip: ClipInput): AudioClip {
  if (clip instanceof Uint8Array)
    return { format: { encoding: AudioEncoding.AUDIO_ENCODING_CONTAINER }, data: bufferOf(clip) };
  if (!clip || typeof clip !== 'object')
    throw new TypeError(
      `a clip is ${typeof clip}; expected the bytes of a file, { samples, sampleRateHz } or { format, data }`,
    );
  if (!('samples' in clip)) return clip;
  const { id = '', samples, sampleRateHz, channels = 1 } = clip;
  return { id, format: { encoding: encodingOf(samples), sampleRateHz, channels }, data: bufferOf(samples) };
}

function encodingOf(samples: Samples['samples']): AudioEncoding {
  if (samples instanceof Int16Array) return AudioEncoding.AUDIO_ENCODING_PCM_S16LE;
  if (samples instanceof Float32Array) return AudioEncoding.AUDIO_ENCODING_PCM_F32LE;
  throw new TypeError('samples are neither a Float32Array (full scale is ±1) nor an Int16Array');
}

const bufferOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);
