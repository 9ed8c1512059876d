import type { AudioContext, AudioPooling } from '@triptych/audio-encoder';
import { AudioContext as ContextEnum, type ModelStamp } from '@triptych/protocol';
import {
  checkEmbeddingOptions,
  checkEnum,
  type EmbeddingPlan,
  type RequestedEmbedding,
} from '@triptych/validation';
import type { ServedModel } from '../../models/served-model.js';

/** What a clip or window is encoded with, checked and complete. */
export interface AudioPlan {
  readonly model: ServedModel;
  readonly context: AudioContext;
  readonly embedding: EmbeddingPlan<AudioPooling>;
}

const contexts: Readonly<Record<number, AudioContext>> = {
  [ContextEnum.AUDIO_CONTEXT_UNSPECIFIED]: 'padded',
  [ContextEnum.AUDIO_CONTEXT_PADDED]: 'padded',
  [ContextEnum.AUDIO_CONTEXT_TRIMMED]: 'trimmed',
};

/** Throws POOLING_UNSUPPORTED, ENUM_UNKNOWN or DIMENSIONS_INVALID. */
export function planAudio(
  model: ServedModel,
  request: { context: number; options: RequestedEmbedding | null },
  field = '',
): AudioPlan {
  const { poolings, config } = model.audio;
  return {
    model,
    context: checkEnum(request.context, contexts, `${field}context`),
    embedding: checkEmbeddingOptions(request.options, { dimensions: config.width, poolings }),
  };
}

export function audioStamp({ model, context, embedding }: AudioPlan): ModelStamp {
  return {
    model: model.name,
    fingerprint: model.fingerprint,
    space: model.audio.space(embedding.pooling, context),
  };
}
