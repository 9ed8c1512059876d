import { TriptychError } from '@triptych/core';
import type { Modality } from '@triptych/model-families';
import { encodersOf, type ServedModel, type Serving } from './served-model.js';

const verbs = {
  audio: 'takes audio',
  image: 'takes images',
  text: 'takes text',
  shared: 'compares images and text',
};

/** The served models by name; the first of a modality is its default. */
export class ModelRegistry {
  readonly #byName = new Map<string, ServedModel>();
  #isClosed = false;

  /** Throws CONFIG_INVALID where two models have one name. */
  constructor(readonly models: readonly ServedModel[]) {
    for (const model of models) {
      if (this.#byName.has(model.name)) {
        throw new TriptychError(
          'CONFIG_INVALID',
          `two models are named ${model.name}; give one another name with --model NAME=DIR`,
        );
      }
      this.#byName.set(model.name, model);
    }
  }

  /** Throws MODEL_NOT_FOUND. */
  get(name: string): ServedModel {
    const model = this.#byName.get(name);
    if (model) return model;
    const names = [...this.#byName.keys()].join(', ');
    throw new TriptychError('MODEL_NOT_FOUND', `no model ${JSON.stringify(name)}; served are ${names}`, {
      field: 'model',
      resource: { type: 'model', name },
    });
  }

  /** The model that serves something: by name, or the default. Throws MODEL_NOT_FOUND, MODALITY_NOT_SERVED or DRAINING. */
  serving<M extends Modality | 'shared'>(what: M, name = ''): Serving<M> {
    if (this.#isClosed) throw new TriptychError('DRAINING', 'the engine is closed');
    const candidates = name === '' ? this.models : [this.get(name)];
    const model = candidates.find((candidate): candidate is Serving<M> => candidate[what] !== undefined);
    if (model) return model;
    const who = name === '' ? 'no served model' : `model ${name} is none that`;
    throw new TriptychError('MODALITY_NOT_SERVED', `${who} ${verbs[what]}`, {
      field: 'model',
      ...(name === '' ? {} : { resource: { type: 'model', name } }),
    });
  }

  /** The model whose audio encoder's default vectors lie in a space; undefined where there is none. */
  findAudioIn(space: string): Serving<'audio'> | undefined {
    return this.models.find(
      (candidate): candidate is Serving<'audio'> =>
        candidate.audio?.space(candidate.audio.poolings[0], candidate.audio.contexts[0]) === space,
    );
  }

  /** The same. Throws MODALITY_NOT_SERVED. */
  audioIn(space: string): Serving<'audio'> {
    const model = this.findAudioIn(space);
    if (model) return model;
    throw new TriptychError(
      'MODALITY_NOT_SERVED',
      `no served model has its audio encoder in space ${JSON.stringify(space)}`,
    );
  }

  isDefault(model: ServedModel, modality: Modality): boolean {
    return this.models.find((candidate) => candidate[modality] !== undefined) === model;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(this.models.flatMap(encodersOf).map((encoder) => encoder.close()));
  }
}
