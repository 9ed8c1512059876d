import type { AudioContext } from '@triptych/audio-encoder';
import type { Pooling } from '@triptych/inference-core';
import type { OpenModel } from '@triptych/model-families';
import type { ServedAudio, ServedImage, ServedModel, ServedText } from './served-model.js';

/** What can be told of a model, loaded or not. Spaces that only its weights tell are empty before it is loaded for the first time. */
export interface ModelCard {
  readonly architecture: string;
  readonly parameters: number;
  /** Empty before it is loaded for the first time, as is the type of its weights. */
  readonly fingerprint: string;
  readonly weightType: string;
  /** What it runs on, and what its transformers' blocks are computed in; empty before it is loaded for the first time. */
  readonly device: string;
  readonly precision: string;
  /** What loading took; 0 before it is loaded for the first time. */
  readonly loadMs: number;
  readonly audio?: AudioCard;
  readonly image?: ImageCard;
  readonly text?: TextCard;
  /** Whether images and text are compared by it. */
  readonly shared: boolean;
  /** Whether it encodes a text together with an image. */
  readonly match: boolean;
  /** Whether it writes captions of images. */
  readonly caption: boolean;
  /** Whether it writes what is said. */
  readonly speech: boolean;
}

export type AudioCard = Pick<
  ServedAudio,
  'poolings' | 'contexts' | 'dimensions' | 'space' | 'sampleRate' | 'contextSamples' | 'frameSamples'
>;
export type ImageCard = Pick<ServedImage, 'poolings' | 'dimensions' | 'space' | 'recipe' | 'patchSize'>;
export type TextCard = Pick<ServedText, 'poolings' | 'dimensions' | 'space' | 'maxTokens'>;

/** The card of a model that is loaded. It keeps nothing of what serves it. */
export function cardOf({
  audio,
  image,
  text,
  shared,
  match,
  caption,
  speech,
  ...model
}: ServedModel): ModelCard {
  const { architecture, parameters, fingerprint, weightType, device, precision, loadMs } = model;
  return {
    architecture,
    parameters,
    fingerprint,
    weightType,
    device,
    precision,
    loadMs,
    ...(audio && { audio: audioCard(audio, audio.space) }),
    ...(image && { image: imageCard(image, image.space) }),
    ...(text && { text: textCard(text, text.space) }),
    shared: shared !== undefined,
    match: match !== undefined,
    caption: caption !== undefined,
    speech: speech !== undefined,
  };
}

/** The card of a model directory whose description was read. */
export function cardOfOpen({ directory, model }: OpenModel): ModelCard {
  const { metadata, architecture } = directory;
  const spaceOf = (own: string | undefined) => (own === undefined ? (metadata.space ?? '') : '');
  const { audio, image, text } = model;
  return {
    architecture,
    parameters: metadata.total_parameters,
    fingerprint: metadata.fingerprint ?? '',
    weightType: '',
    device: '',
    precision: '',
    loadMs: 0,
    ...(audio && { audio: audioCard(audio, (...of) => spaceOf(audio.ownSpace(...of))) }),
    ...(image && { image: imageCard(image, (...of) => spaceOf(image.ownSpace(...of))) }),
    ...(text && { text: textCard(text, (...of) => spaceOf(text.ownSpace(...of))) }),
    shared: model.scoring !== undefined && Boolean(image && text),
    match: model.match !== undefined,
    caption: model.caption !== undefined,
    speech: model.speech !== undefined,
  };
}

type Of<Card extends AudioCard | ImageCard | TextCard> = Omit<Card, 'space'>;

function audioCard(tower: Of<AudioCard>, space: AudioCard['space']): AudioCard {
  const { poolings, contexts, sampleRate, contextSamples, frameSamples } = tower;
  const known = tableOf(
    poolings.flatMap((pooling) => contexts.map((context) => [pooling, context] as [Pooling, AudioContext])),
    space,
  );
  return {
    poolings,
    contexts,
    sampleRate,
    contextSamples,
    frameSamples,
    dimensions: dimensionsOf(tower),
    space: known,
  };
}

function imageCard(tower: Of<ImageCard>, space: ImageCard['space']): ImageCard {
  const { poolings, recipe, patchSize } = tower;
  const known = tableOf(
    poolings.map((pooling) => [pooling] as [Pooling]),
    space,
  );
  return { poolings, recipe, patchSize, dimensions: dimensionsOf(tower), space: known };
}

function textCard(tower: Of<TextCard>, space: TextCard['space']): TextCard {
  const { poolings, maxTokens } = tower;
  const known = tableOf(
    poolings.map((pooling) => [pooling] as [Pooling]),
    space,
  );
  return { poolings, maxTokens, dimensions: dimensionsOf(tower), space: known };
}

function dimensionsOf({
  poolings,
  dimensions,
}: Pick<TextCard, 'poolings' | 'dimensions'>): TextCard['dimensions'] {
  return tableOf(
    poolings.map((pooling) => [pooling] as [Pooling]),
    dimensions,
  );
}

/** A function's values, without what it holds on to. */
function tableOf<Key extends readonly string[], Value>(
  keys: readonly Key[],
  of: (...key: Key) => Value,
): (...key: Key) => Value {
  const values = new Map(keys.map((key) => [key.join(), of(...key)]));
  return (...key) => values.get(key.join()) as Value;
}
