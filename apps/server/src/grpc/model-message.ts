import type { Engine, ServedModel } from '@triptych/engine';
import { type Encoder, Modality, type Model } from '@triptych/protocol';
import { audioLimits } from '@triptych/validation';
import { poolings } from './names.js';

/** What `Models` says of a served model. */
export function modelMessage(model: ServedModel, engine: Engine): Model {
  const { name, fingerprint, architecture, weightType, parameters, loadMs } = model;
  const encoders = [audioMessage(model, engine), imageMessage(model, engine), textMessage(model, engine)];
  return {
    name,
    fingerprint,
    architecture,
    weightType,
    parameters,
    loadMs,
    encoders: encoders.flatMap((encoder) => encoder ?? []),
  };
}

function audioMessage(model: ServedModel, { models }: Engine): Encoder | undefined {
  const { audio } = model;
  if (!audio) return undefined;
  const milliseconds = (samples: number) => (1000 * samples) / audio.sampleRate;
  const contextMs = milliseconds(audio.contextSamples);
  const [pooling] = audio.poolings;
  return {
    modality: Modality.MODALITY_AUDIO,
    isDefault: models.isDefault(model, 'audio'),
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

function imageMessage(model: ServedModel, { models, limits }: Engine): Encoder | undefined {
  const { image } = model;
  return (
    image && {
      modality: Modality.MODALITY_IMAGE,
      isDefault: models.isDefault(model, 'image'),
      space: image.space(image.poolings[0]),
      ...offered(image),
      image: {
        inputSize: image.recipe.inputSize,
        patchSize: image.patchSize,
        maxPixels: limits.maxPixels,
        maxBatchImages: limits.maxImages,
      },
    }
  );
}

function textMessage(model: ServedModel, { models }: Engine): Encoder | undefined {
  const { text } = model;
  return (
    text && {
      modality: Modality.MODALITY_TEXT,
      isDefault: models.isDefault(model, 'text'),
      space: text.space(text.poolings[0]),
      ...offered(text),
      text: { maxTokens: text.maxTokens },
    }
  );
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
