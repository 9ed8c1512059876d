import { TriptychError } from '@triptych/core';
import { type AnyEncoder, encodersByModality, type Engine, type ServedModel } from '@triptych/engine';
import type { Modality } from '@triptych/model-families';
import type { TensorHead } from '../tensors/tensor.js';

/** One tower of a served model, as the protocol has it: a model by itself. Shapes begin with the batch; -1: of any length. */
export interface OipModel {
  /** `MODEL-audio`, `MODEL-image` or `MODEL-text` (docs/decisions/open-inference.md). */
  readonly name: string;
  readonly version: string;
  readonly modality: Modality;
  readonly served: ServedModel;
  readonly encoder: AnyEncoder;
  readonly inputs: readonly TensorHead[];
  readonly outputs: readonly TensorHead[];
  /** Most items of one request. */
  readonly maxBatchSize: number;
  /** A request of a stream may have any number of answers. */
  readonly decoupled: boolean;
  /** What else a client may want to know. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** What runs models, for the field of that name. */
export const PLATFORM = 'triptych';

/** Versions are numbers to the protocol's clients; a served model has one. */
const VERSION = '1';

/** Datatypes of an input, the declared one first. */
export const inputDatatypes: Readonly<Record<Modality, readonly [string, ...string[]]>> = {
  audio: ['FP32', 'INT16', 'BYTES'],
  image: ['BYTES', 'UINT8', 'FP32'],
  text: ['BYTES'],
};

/** Descriptions of models that are served together: they are as these are. */
const described = new WeakMap<readonly ServedModel[], readonly OipModel[]>();

/** All that are served, in the order of their models. */
export function oipModels(engine: Engine): readonly OipModel[] {
  const served = engine.models.models;
  const known = described.get(served);
  if (known) return known;
  const models = served.flatMap((model) =>
    encodersByModality(model).map(([modality, encoder]) => describe(model, modality, encoder, engine)),
  );
  described.set(served, models);
  return models;
}

/** Throws MODEL_NOT_FOUND where none has this name, or it has another version; an empty one is any. */
export function findOipModel(engine: Engine, name: string, version = ''): OipModel {
  const models = oipModels(engine);
  const model = models.find((one) => one.name === name);
  if (model && (version === '' || version === model.version)) return model;
  const names = models.map((one) => one.name).join(', ') || 'none';
  const wanted = version === '' ? JSON.stringify(name) : `${JSON.stringify(name)} version ${version}`;
  const served = model ? `its version is ${model.version}` : `served are ${names}`;
  throw new TriptychError('MODEL_NOT_FOUND', `no model ${wanted}; ${served}`, {
    field: 'model_name',
    resource: { type: 'model', name },
  });
}

/** A name that stands in a URL as it is, whatever the model's own has in it. */
export function oipName(model: string, modality: Modality): string {
  return `${encodeURIComponent(model)}-${modality}`;
}

function describe(
  served: ServedModel,
  modality: Modality,
  encoder: AnyEncoder,
  { limits }: Engine,
): OipModel {
  const { dimensions, poolings, contexts, parameters, shape, maxBatchSize } = details(
    served,
    modality,
    limits,
  );
  const bytes = (name: string): TensorHead => ({ name, datatype: 'BYTES', shape: [-1, 1] });
  const [datatype] = inputDatatypes[modality];
  return {
    name: oipName(served.name, modality),
    version: VERSION,
    modality,
    served,
    encoder,
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
      model: served.name,
      modality,
      fingerprint: served.fingerprint,
      architecture: served.architecture,
      input_datatypes: inputDatatypes[modality].join(', '),
      poolings: poolings.join(', '),
      ...(contexts ? { contexts: contexts.join(', ') } : {}),
      ...parameters,
    },
  };
}

interface TowerDetails {
  readonly dimensions: number;
  /** The first is the default. */
  readonly poolings: readonly string[];
  readonly contexts?: readonly string[];
  readonly parameters: Readonly<Record<string, string>>;
  /** Of the declared input. */
  readonly shape: readonly number[];
  readonly maxBatchSize: number;
}

function details(served: ServedModel, modality: Modality, limits: Engine['limits']): TowerDetails {
  const { audio, image, text } = served;
  if (modality === 'audio' && audio) {
    const { poolings, contexts, sampleRate, contextSamples } = audio;
    return {
      dimensions: audio.dimensions(poolings[0]),
      poolings,
      contexts,
      parameters: {
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
  throw new TriptychError('INTERNAL', `${served.name} has no ${modality} encoder to describe`);
}
