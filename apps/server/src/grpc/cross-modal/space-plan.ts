import { EmbeddingEncoding, type ModelStamp } from '@triptych/protocol';
import type { Serving } from '../../models/served-model.js';
import { type AudioPlan, planAudio } from '../audio/audio-request.js';
import { type ImagePlan, planImages } from '../image/image-request.js';
import type { ServiceParts } from '../service-parts.js';
import { planTexts, type TextPlan } from '../text/text-request.js';

/** How items of each modality become vectors of one space. */
export interface SpacePlan {
  readonly model: Serving<'shared'>;
  /** Throws MODALITY_NOT_SERVED. */
  readonly text: () => TextPlan;
  readonly image: () => ImagePlan;
  readonly audio: () => AudioPlan;
  /** The model that takes audio, where one does. */
  readonly audioModel: string | undefined;
}

/** Length 1, float32: what cosines are taken of. */
const options = { encoding: EmbeddingEncoding.EMBEDDING_ENCODING_RAW_FLOAT32 };

/** The space of a model, by its name or the default one's. Throws MODEL_NOT_FOUND or MODALITY_NOT_SERVED. */
export function planSpace({ models, limits }: ServiceParts, name: string): SpacePlan {
  const model = models.serving('shared', name);
  return {
    model,
    audioModel: models.findAudioIn(model.shared.name)?.name,
    text: () => planTexts(models.serving('text', model.name), options, false),
    image: () => planImages(models.serving('image', model.name), options, limits.maxPixels),
    audio: () => planAudio(models.audioIn(model.shared.name), { context: 0, options }),
  };
}

export function spaceStamp({ model: { name, fingerprint, shared } }: SpacePlan): ModelStamp {
  return { model: name, fingerprint, space: shared.name };
}
