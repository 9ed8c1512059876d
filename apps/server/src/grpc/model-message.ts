import { type Encoder, Modality, type Model, Pooling } from '@triptych/protocol';
import { audioLimits } from '@triptych/validation';
import type { ServedModel } from '../models/served-model.js';
import type { ServiceParts } from './service-parts.js';

type Parts = Pick<ServiceParts, 'models' | 'limits'>;

/** What `Models` says of a served model. */
export function modelMessage(model: ServedModel, parts: Parts): Model {
  const { name, fingerprint, architecture, weightType, parameters, loadMs } = model;
  const encoders = [audioMessage(model, parts), imageMessage(model, parts), textMessage(model, parts)];
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

function audioMessage(model: ServedModel, { models }: Parts): Encoder | undefined {
  const { audio } = model;
  return (
    audio && {
      modality: Modality.MODALITY_AUDIO,
      dimensions: audio.dimensions('mean'),
      defaultPooling: Pooling.POOLING_MEAN,
      poolings: offered(audio.poolings),
      isDefault: models.isDefault(model, 'audio'),
      space: audio.space('mean', 'padded'),
      audio: {
        sampleRateHz: audio.config.mel.sampleRate,
        contextMs: audio.contextMs,
        frameMs: audio.frameMs,
        minMs: 1000 * audioLimits.minSeconds,
        maxMs: audio.contextMs,
      },
    }
  );
}

function imageMessage(model: ServedModel, { models, limits }: Parts): Encoder | undefined {
  const { image } = model;
  return (
    image && {
      modality: Modality.MODALITY_IMAGE,
      dimensions: image.dimensions('projected'),
      defaultPooling: Pooling.POOLING_PROJECTED,
      poolings: offered(image.poolings),
      isDefault: models.isDefault(model, 'image'),
      space: image.space('projected'),
      image: {
        inputSize: image.config.imageSize,
        patchSize: image.config.patchSize,
        maxPixels: limits.maxPixels,
        maxBatchImages: limits.maxImages,
      },
    }
  );
}

function textMessage(model: ServedModel, { models }: Parts): Encoder | undefined {
  const { text } = model;
  return (
    text && {
      modality: Modality.MODALITY_TEXT,
      dimensions: text.dimensions('projected'),
      defaultPooling: Pooling.POOLING_PROJECTED,
      poolings: offered(text.poolings),
      isDefault: models.isDefault(model, 'text'),
      space: text.space('projected'),
      text: { maxTokens: text.config.positions },
    }
  );
}

function offered(poolings: Readonly<Record<number, unknown>>): NonNullable<Encoder['poolings']> {
  const numbers = Object.keys(poolings).map(Number);
  return numbers.filter((n) => n !== Pooling.POOLING_UNSPECIFIED) as NonNullable<Encoder['poolings']>;
}
