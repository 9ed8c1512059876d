import type { AudioCard, Engine, ImageCard, ModelStatus, TextCard } from '@triptych/engine';
import { type Encoder, Modality, type Model } from '@triptych/protocol';
import { audioLimits } from '@triptych/validation';
import { poolings } from './names.js';

/** What `Models` says of a model. */
export function modelMessage({ name, card }: ModelStatus, engine: Engine): Model {
  const { fingerprint, architecture, weightType, parameters, loadMs, audio, image, text } = card;
  const isDefault = (modality: 'audio' | 'image' | 'text') => engine.models.isDefault({ name }, modality);
  return {
    name,
    fingerprint,
    architecture,
    weightType,
    parameters,
    loadMs,
    encoders: [
      ...(audio ? [{ ...audioMessage(audio), isDefault: isDefault('audio') }] : []),
      ...(image ? [{ ...imageMessage(image, engine), isDefault: isDefault('image') }] : []),
      ...(text ? [{ ...textMessage(text), isDefault: isDefault('text') }] : []),
    ],
  };
}

function audioMessage(audio: AudioCard): Encoder {
  const milliseconds = (samples: number) => (1000 * samples) / audio.sampleRate;
  const contextMs = milliseconds(audio.contextSamples);
  const [pooling] = audio.poolings;
  return {
    modality: Modality.MODALITY_AUDIO,
    space: audio.space(pooling, audio.contexts[0]),
    ...offered(audio),
    audio: {
      sampleRateHz: audio.sampleRate,
      contextMs,
      frameMs: milliseconds(audio.frameSamples),
      minMs: 1000 * audioLimits.minSeconds,
      maxMs: contextMs,
    },
  };
}

function imageMessage(image: ImageCard, { limits }: Engine): Encoder {
  return {
    modality: Modality.MODALITY_IMAGE,
    space: image.space(image.poolings[0]),
    ...offered(image),
    image: {
      inputSize: image.recipe.inputSize,
      patchSize: image.patchSize,
      maxPixels: limits.maxPixels,
      maxBatchImages: limits.maxImages,
    },
  };
}

function textMessage(text: TextCard): Encoder {
  return {
    modality: Modality.MODALITY_TEXT,
    space: text.space(text.poolings[0]),
    ...offered(text),
    text: { maxTokens: text.maxTokens },
  };
}

/** By number, as clients have always been told. */
function offered<Pooling extends keyof typeof poolings>(encoder: {
  readonly poolings: readonly [Pooling, ...Pooling[]];
  readonly dimensions: (pooling: Pooling) => number;
}): Pick<Encoder, 'dimensions' | 'defaultPooling' | 'poolings'> {
  const [first] = encoder.poolings;
  return {
    dimensions: encoder.dimensions(first),
    defaultPooling: poolings[first],
    poolings: encoder.poolings.map((name) => poolings[name]).sort((a, b) => a - b),
  };
}
