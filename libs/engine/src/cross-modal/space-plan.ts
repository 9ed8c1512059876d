import { TriptychError } from '@triptych/core';
import type { EngineParts } from '../engine-parts.js';
import { type AudioPlan, planAudio } from '../audio/audio-plan.js';
import { type ImagePlan, planImages } from '../image/image-plan.js';
import { type ModelStamp, stampOf } from '../items/stamp.js';
import type { Serving } from '../models/served-model.js';
import { planTexts, type TextPlan } from '../text/text-plan.js';

/** How items of each modality become vectors of one space. */
export interface SpacePlan {
  readonly model: Serving<'shared'>;
  /** Throws MODALITY_NOT_SERVED. */
  readonly text: () => TextPlan;
  readonly image: () => ImagePlan;
  readonly audio: () => AudioPlan;
  /** What encodes a text together with an image. Throws MODALITY_NOT_SERVED. */
  readonly match: () => Serving<'match'>;
  /** The model that takes audio, where one does. */
  readonly audioModel: string | undefined;
}

/** The space of a model, by its name or the default one's. Throws MODEL_NOT_FOUND or MODALITY_NOT_SERVED. */
export function planSpace({ models, limits }: EngineParts, name: string | undefined): SpacePlan {
  const model = models.serving('shared', name);
  const audio = models.audioIn(model.shared.name);
  // By default vectors are of length 1 and float32: what cosines are taken of.
  return {
    model,
    audioModel: audio?.name,
    text: () => planTexts(models.serving('text', model.name), {}),
    image: () => planImages(models.serving('image', model.name), undefined, limits.maxPixels),
    audio: () => planAudio(audio ?? noAudioIn(model.shared.name), {}),
    match: () => models.serving('match', model.name),
  };
}

export function spaceStamp({ model }: SpacePlan): ModelStamp {
  return stampOf(model, model.shared.name);
}

function noAudioIn(space: string): never {
  throw new TriptychError(
    'MODALITY_NOT_SERVED',
    `no served model has its audio encoder in space ${JSON.stringify(space)}`,
  );
}
