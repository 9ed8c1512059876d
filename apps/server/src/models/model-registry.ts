import { TriptychError } from '@triptych/core';
import type { ServedModel } from './served-model.js';

/** The served models by name; the first is the default. */
export class ModelRegistry {
  readonly #byName = new Map<string, ServedModel>();

  /** Throws CONFIG_INVALID where two models have one name. */
  constructor(readonly models: readonly ServedModel[]) {
    for (const model of models) {
      if (this.#byName.has(model.name)) {
        throw new TriptychError('CONFIG_INVALID', `two models are named ${model.name}; give one another name with --model NAME=DIR`);
      }
      this.#byName.set(model.name, model);
    }
  }

  /** Throws MODEL_NOT_FOUND. */
  get(name: string): ServedModel {
    const model = this.#byName.get(name);
    if (model) return model;
    const names = [...this.#byName.keys()].join(', ');
    throw new TriptychError('MODEL_NOT_FOUND', `no model ${JSON.stringify(name)}; served are ${names}`, { field: 'model' });
  }

  /** The model that takes audio: by name, or the default. Throws MODEL_NOT_FOUND or MODALITY_NOT_SERVED. */
  audio(name: string): ServedModel {
    if (name !== '') return this.get(name);
    const first = this.models[0];
    if (!first) throw new TriptychError('MODALITY_NOT_SERVED', 'no served model takes audio', { field: 'model' });
    return first;
  }

  isDefault(model: ServedModel): boolean {
    return this.models[0] === model;
  }

  async close(): Promise<void> {
    await Promise.all(this.models.map((model) => model.audio.encoder.close()));
  }
}
