import type { Modality } from '@triptych/model-families';
import { type ServedModel, type Serving, servingOf } from './served-model.js';

/** Models as they are served now. */
interface LeasedModels {
  serving<M extends Modality | 'shared'>(what: M, name: string): Serving<M>;
  findAudioIn(space: string): Serving<'audio'> | undefined;
  /** Counts a call in that works with a model; what is returned counts it out. */
  use(model: ServedModel): () => void;
}

/**
 * The models of one call or stream. What it was given once stays loaded, and is what it gets again by that name, until it ends the
 * lease: whatever is served by that name meanwhile.
 */
export class ModelLease {
  readonly #byName = new Map<string, ServedModel>();
  readonly #leave = new Map<ServedModel, () => void>();

  constructor(private readonly models: LeasedModels) {}

  /** The model that serves something: by name, or the default. Throws MODEL_NOT_FOUND, MODALITY_NOT_SERVED or DRAINING. */
  serving<M extends Modality | 'shared'>(what: M, name = ''): Serving<M> {
    const known = this.#byName.get(name);
    return this.#use(known ? servingOf([known], what, name) : this.models.serving(what, name));
  }

  /** The model whose audio encoder's default vectors lie in a space; undefined where there is none. */
  findAudioIn(space: string): Serving<'audio'> | undefined {
    const model = this.models.findAudioIn(space);
    return model && this.#use(model);
  }

  /** Nothing of it is worked with any more. */
  end(): void {
    for (const leave of this.#leave.values()) leave();
  }

  #use<M extends ServedModel>(model: M): M {
    if (!this.#leave.has(model)) this.#leave.set(model, this.models.use(model));
    if (!this.#byName.has(model.name)) this.#byName.set(model.name, model);
    return model;
  }
}
