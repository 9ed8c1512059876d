import type { UserKind } from './loaded-models.js';
import { type Offered, type ServedModel, type Serving, servingOf } from './served-model.js';
import type { Waiting } from './wait-for.js';

/** Models as they are served now. */
interface LeasedModels {
  /** The model that a call is for; a promise where it has to be loaded first. */
  serve(what: Offered, name: string, until: Waiting): ServedModel | Promise<void>;
  /** The same of the model whose audio encoder's default vectors lie in a space; undefined where there is none. */
  serveAudioIn(space: string, until: Waiting): ServedModel | Promise<void> | undefined;
  /** Counts a call or stream in that works with a model; what is returned counts it out. */
  use(model: ServedModel, kind: UserKind): () => void;
}

/**
 * The models of one call or stream. What it was given once stays loaded, and is what it gets again by that name, until it ends the
 * lease: whatever is served by that name meanwhile.
 */
export class ModelLease {
  readonly #byName = new Map<string, ServedModel>();
  /** By the space that their audio lies in. */
  readonly #audio = new Map<string, ServedModel>();
  readonly #leave = new Map<ServedModel, () => void>();
  #isOver = false;

  constructor(
    private readonly models: LeasedModels,
    private readonly kind: UserKind,
  ) {}

  /**
   * Takes the model that serves something: by name, or the default. A promise where it has to be loaded first. Throws MODEL_NOT_FOUND,
   * MODALITY_NOT_SERVED or DRAINING, and rejects as loading does.
   */
  take(what: Offered, name: string, until: Waiting): Promise<void> | undefined {
    if (this.#isOver) return undefined;
    const found = this.models.serve(what, name, until);
    // Once it is there it may be gone again.
    if (found instanceof Promise) return found.then(() => this.take(what, name, until));
    this.#use(found);
    this.#byName.set(keyOf(what, name), found);
    return undefined;
  }

  /** The same of the model whose audio encoder's default vectors lie in a space, where there is one. */
  takeAudioIn(space: string, until: Waiting): Promise<void> | undefined {
    if (this.#isOver) return undefined;
    const found = this.models.serveAudioIn(space, until);
    if (found instanceof Promise) return found.then(() => this.takeAudioIn(space, until));
    if (found) this.#audio.set(space, this.#use(found));
    return undefined;
  }

  /** A model that was taken. Throws MODALITY_NOT_SERVED. */
  serving<M extends Offered>(what: M, name = ''): Serving<M> {
    const model = this.#byName.get(keyOf(what, name)) ?? this.#byName.get(name);
    return servingOf(model ? [model] : [], what, name);
  }

  /** The model that was taken for a space's audio. */
  audioIn(space: string): Serving<'audio'> | undefined {
    const model = this.#audio.get(space);
    return model && servingOf([model], 'audio', '');
  }

  /** Nothing of it is worked with any more. */
  end(): void {
    this.#isOver = true;
    for (const leave of this.#leave.values()) leave();
  }

  #use(model: ServedModel): ServedModel {
    if (!this.#leave.has(model)) this.#leave.set(model, this.models.use(model, this.kind));
    if (!this.#byName.has(model.name)) this.#byName.set(model.name, model);
    return model;
  }
}

/** A name is one model's; without a name each modality has its own. */
function keyOf(what: Offered, name: string): string {
  return name === '' ? `\n${what}` : name;
}
