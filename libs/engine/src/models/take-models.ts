import type { Offered } from './served-model.js';
import type { ModelLease } from './model-lease.js';
import type { Waiting } from './wait-for.js';

/** Takes the models that a call needs. A promise where one has to be loaded first. Throws and rejects as {@link ModelLease.take}. */
export type TakeModels = (models: ModelLease, until: Waiting) => Promise<void> | undefined;

interface Request {
  readonly model?: string | undefined;
}

/** For what is encoded: the model of its modality. */
export function taking(modality: Exclude<Offered, 'shared'>, { model = '' }: Request): TakeModels {
  return (models, until) => models.take(modality, model, until);
}

/** The same in the space of each of these models. */
export function takingSpaces(
  models: readonly string[],
  compared: readonly (readonly { readonly audio?: unknown }[])[],
): TakeModels {
  const takes = models.map((model) => takingSpace({ model }, compared));
  return (lease, until) =>
    takes.reduce<Promise<void> | undefined>(
      (before, take) => (before ? before.then(() => take(lease, until)) : take(lease, until)),
      undefined,
    );
}

/** For what is compared: the model of the space, and where there is audio, the one that encodes it into that space. */
export function takingSpace(
  { model = '' }: Request,
  compared: readonly (readonly { readonly audio?: unknown }[])[],
): TakeModels {
  const hasAudio = compared.some((items) => items.some(({ audio }) => audio));
  return (models, until) => {
    const takeAudio = () =>
      hasAudio ? models.takeAudioIn(models.serving('shared', model).shared.name, until) : undefined;
    const taken = models.take('shared', model, until);
    return taken ? taken.then(takeAudio) : takeAudio();
  };
}
