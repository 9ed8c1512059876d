import { TriptychError } from '@triptych/core';
import type { Engine, ModelCard } from '@triptych/engine';
import type { Modality } from '@triptych/model-families';
import type { TensorHead } from '../tensors/tensor.js';

/** What a tower takes and gives. Shapes begin with the batch; -1: of any length. */
export interface TowerDescription {
  readonly inputs: readonly TensorHead[];
  readonly outputs: readonly TensorHead[];
  /** Most items of one request. */
  readonly maxBatchSize: number;
  /** A request of a stream may have any number of answers. */
  readonly decoupled: boolean;
  /** What else a client may want to know. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** Datatypes of an input, the declared one first. */
export const inputDatatypes: Readonly<Record<Modality, readonly [string, ...string[]]>> = {
  audio: ['FP32', 'INT16', 'BYTES'],
  image: ['BYTES', 'UINT8', 'FP32'],
  text: ['BYTES'],
};

type Limits = Engine['limits'];

/** Those of a card: they change with it, and requests ask for them often. */
const known = new WeakMap<ModelCard, Partial<Record<Modality, TowerDescription>>>();

export function describeTower(card: ModelCard, modality: Modality, limits: Limits): TowerDescription {
  const ofCard = known.get(card) ?? {};
  known.set(card, ofCard);
  return (ofCard[modality] ??= describe(card, modality, limits));
}

function describe(card: ModelCard, modality: Modality, limits: Limits): TowerDescription {
  const { dimensions, poolings, parameters, shape, maxBatchSize } = details(card, modality, limits);
  const bytes = (name: string): TensorHead => ({ name, datatype: 'BYTES', shape: [-1, 1] });
  const [datatype] = inputDatatypes[modality];
  return {
    inputs: [{ name: modality, datatype, shape }],
    outputs: [
      { name: 'embedding', datatype: 'FP32', shape: [-1, dimensions] },
      bytes('space'),
      ...(modality === 'audio' ? [{ name: 'span', datatype: 'INT64', shape: [-1, 2] }] : []),
      bytes('error'),
    ],
    maxBatchSize,
    decoupled: modality === 'audio',
    parameters: {
      modality,
      fingerprint: card.fingerprint,
      architecture: card.architecture,
      device: card.device,
      precision: card.precision,
      input_datatypes: inputDatatypes[modality].join(', '),
      poolings: poolings.join(', '),
      ...parameters,
    },
  };
}

interface TowerDetails {
  readonly dimensions: number;
  /** The first is the default. */
  readonly poolings: readonly string[];
  readonly parameters: Readonly<Record<string, string>>;
  /** Of the declared input. */
  readonly shape: readonly number[];
  readonly maxBatchSize: number;
}

function details({ audio, image, text }: ModelCard, modality: Modality, limits: Limits): TowerDetails {
  if (modality === 'audio' && audio) {
    const { poolings, contexts, sampleRate, contextSamples } = audio;
    return {
      dimensions: audio.dimensions(poolings[0]),
      poolings,
      parameters: {
        contexts: contexts.join(', '),
        space: audio.space(poolings[0], contexts[0]),
        sample_rate: String(sampleRate),
        context_ms: String((1000 * contextSamples) / sampleRate),
      },
      shape: [-1, -1],
      maxBatchSize: limits.maxClips,
    };
  }
  if (modality === 'image' && image) {
    const { poolings, recipe } = image;
    return {
      dimensions: image.dimensions(poolings[0]),
      poolings,
      parameters: {
        space: image.space(poolings[0]),
        input_size: String(recipe.inputSize),
        max_pixels: String(limits.maxPixels),
      },
      shape: [-1, 1],
      maxBatchSize: limits.maxImages,
    };
  }
  if (modality === 'text' && text) {
    const { poolings, maxTokens } = text;
    return {
      dimensions: text.dimensions(poolings[0]),
      poolings,
      parameters: { space: text.space(poolings[0]), max_tokens: String(maxTokens) },
      shape: [-1, 1],
      maxBatchSize: limits.maxTexts,
    };
  }
  throw new TriptychError('INTERNAL', `a model without a ${modality} encoder was to be described`);
}
