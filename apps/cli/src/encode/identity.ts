import {
  type AudioContext,
  type AudioFormat,
  type TranscriptionOptions,
  type EmbeddingOptions,
  type Model__Output,
  type ModelStamp__Output,
  Pooling,
  poolingNumbers,
  type TriptychClient,
} from '@triptych/client';
import { TriptychError } from '@triptych/core';
import { isCallError } from '../errors/explain.js';
import type { Media } from './media.js';

/** What says of a vector which others it may be compared with. */
export interface Identity {
  readonly model: string;
  /** Of the model's weights and recipe. */
  readonly fingerprint: string;
  /** Vectors may be compared where this is the same. */
  readonly space: string;
  /** Empty for a model's default one, where the server does not list models to this client. */
  readonly pooling: string;
  /** What the model's weights are stored as: float32, float16, bfloat16 or int8; empty where the server does not list models. */
  readonly weightType: string;
}

/** What every request of a run asks for. */
export interface EncodeRequest {
  /** Empty: the server's default one. */
  readonly model: string;
  readonly options: EmbeddingOptions;
}

/** What every call with texts asks for. */
export interface TextRequest extends EncodeRequest {
  /** Absent: the model's default prompt, where it has one. */
  readonly promptName?: string;
}

/** What every audio stream of a run asks for. */
export interface AudioRequest extends EncodeRequest {
  readonly windowMs: number;
  readonly hopMs: number;
  readonly context: AudioContext;
  readonly format: AudioFormat;
  /** What is said in windows is written, too. */
  readonly transcription?: TranscriptionOptions;
}

/**
 * The model that answers requests of one kind, as the server announces it before it is given anything: a request that it
 * refuses fails here. Rejects with CallError.
 */
export async function announce(
  client: TriptychClient,
  media: Media,
  request: EncodeRequest | AudioRequest | TextRequest,
): Promise<Identity> {
  const stamp = await stampOf(client, media, request).catch((thrown: unknown) => {
    throw inOwnWords(thrown);
  });
  const models = await listModels(client);
  const model = models.find(({ name }) => name === stamp.model);
  const encoder = model?.encoders.find((one) => one[media] !== null);
  const pooling = Number(request.options.pooling ?? 0) || encoder?.defaultPooling;
  const [name] = Object.entries(poolingNumbers).find(([, number]) => number === pooling) ?? [''];
  const { fingerprint, space } = stamp;
  return { model: stamp.model, fingerprint, space, pooling: name, weightType: model?.weightType ?? '' };
}

/** A refusal of a pooling, with the words of `--pooling` for the API's names. */
function inOwnWords(thrown: unknown): unknown {
  if (!isCallError(thrown) || thrown.details?.reason !== 'POOLING_UNSUPPORTED') return thrown;
  const wordOf = (name: string) =>
    Object.entries(poolingNumbers).find(
      ([, number]) => number === Pooling[name as keyof typeof Pooling],
    )?.[0];
  const message = thrown.message.replaceAll(/POOLING_\w+/g, (name) => wordOf(name) ?? name);
  return new TriptychError('POOLING_UNSUPPORTED', message.replace(/^options\.pooling/, '--pooling'), {
    cause: thrown,
  });
}

/** None where this token may encode, and may not list models. */
async function listModels(client: TriptychClient): Promise<readonly Model__Output[]> {
  try {
    return await client.listModels();
  } catch (thrown) {
    if (isCallError(thrown) && thrown.details?.reason === 'METHOD_DENIED') return [];
    throw thrown;
  }
}

async function stampOf(
  client: TriptychClient,
  media: Media,
  request: EncodeRequest | AudioRequest | TextRequest,
): Promise<ModelStamp__Output> {
  if (media === 'text') return expectStamp((await client.encodeTexts({ ...request, texts: [''] })).stamp);
  const stream = media === 'image' ? client.streamImages() : client.streamAudio();
  stream.configure(request);
  try {
    for await (const { ready } of stream) if (ready) return expectStamp(ready.stamp);
  } finally {
    stream.cancel();
  }
  return expectStamp(null);
}

/** Throws INTERNAL where there is none. */
export function expectStamp(stamp: ModelStamp__Output | null | undefined): ModelStamp__Output {
  if (stamp) return stamp;
  throw new TriptychError('INTERNAL', 'the server did not say which model answers');
}

/** Throws SPACE_MISMATCH where another model answers than was announced: a file's vectors are to be of one. */
export function checkSame(
  { model, fingerprint, space }: Identity,
  stamp: ModelStamp__Output | null | undefined,
): void {
  if (stamp?.fingerprint === fingerprint && stamp.space === space) return;
  throw new TriptychError(
    'SPACE_MISMATCH',
    `the server answers with ${stamp?.model} (${stamp?.fingerprint.slice(0, 12)}) in the middle of a run that ${model} ` +
      `(${fingerprint.slice(0, 12)}) began; vectors of both would not compare: run it again`,
  );
}
