import type { CallContext } from '../call.js';
import type { AudioContext, AudioPooling } from '@triptych/audio-encoder';
import { type AudioResult, AudioContext as ContextEnum, type ModelStamp } from '@triptych/protocol';
import {
  checkEmbeddingOptions,
  checkEnum,
  type EmbeddingPlan,
  type RequestedEmbedding,
} from '@triptych/validation';
import type { Serving } from '../../models/served-model.js';
import { encodePrepared } from '../encode-prepared.js';

/** What a clip or window is encoded with, checked and complete. */
export interface AudioPlan {
  readonly model: Serving<'audio'>;
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
  model: Serving<'audio'>,
  request: { context: number; options: RequestedEmbedding | null },
  field = '',
): AudioPlan {
  const { poolings, dimensions } = model.audio;
  return {
    model,
    context: checkEnum(request.context, contexts, `${field}context`),
    embedding: checkEmbeddingOptions(request.options, { dimensions, poolings }),
  };
}

/** A clip without silence costs what it holds, and never nothing. */
const SHORTEST_PART = 0.05;

/** Cost of encoding a number of samples, as a share of a whole context. */
export function audioCost({ model, context }: AudioPlan, samples: number): number {
  if (context === 'padded') return 1;
  return Math.min(1, Math.max(SHORTEST_PART, samples / model.audio.contextSamples));
}

export function audioStamp({ model, context, embedding }: AudioPlan): ModelStamp {
  return {
    model: model.name,
    fingerprint: model.fingerprint,
    space: model.audio.space(embedding.pooling, context),
  };
}

/** Encodes samples by a plan: the part of an answer that clips and windows share. Rejects as the encoder does. */
export async function encodeSamples(
  { model, context, embedding }: AudioPlan,
  samples: Float32Array<ArrayBuffer>,
  preprocessUs: number,
  call: CallContext,
): Promise<Required<Pick<AudioResult, 'embedding' | 'timing'>>> {
  const { sampleRate } = model.audio.config.mel;
  const padded = context === 'padded' ? model.audio.contextSamples - samples.length : 0;
  call.metrics.audio(samples.length / sampleRate, padded / sampleRate);
  const item = { samples, context, pooling: embedding.pooling, form: embedding.form };
  return encodePrepared(model.audio.encoder, 'audio', item, embedding, preprocessUs, call);
}
