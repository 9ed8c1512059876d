import type { AudioContext } from '@triptych/audio-encoder';
import type { Pooling } from '@triptych/inference-core';
import {
  checkEmbeddingOptions,
  checkName,
  type EmbeddingPlan,
  type RequestedEmbedding,
} from '@triptych/validation';
import { audioCost } from '../admission/costs.js';
import type { LaneName } from '../admission/lane.js';
import type { CallContext } from '../call.js';
import { type EncodedFrames, encodePrepared } from '../items/encode-prepared.js';
import { type ModelStamp, stampOf } from '../items/stamp.js';
import type { Serving } from '../models/served-model.js';

/** What a clip or window is encoded with, checked and complete. */
export interface AudioPlan {
  readonly model: Serving<'audio'>;
  readonly context: AudioContext;
  readonly embedding: EmbeddingPlan<Pooling>;
}

/** How clips or windows are to be encoded. */
export interface AudioOptions {
  /** How much silence the encoder sees around the audio: its full context's (`padded`), or none (`trimmed`). Default: the tower's own. */
  readonly context?: string | undefined;
  readonly options?: RequestedEmbedding | null | undefined;
}

/** Throws POOLING_UNSUPPORTED, ENUM_UNKNOWN or DIMENSIONS_INVALID. */
export function planAudio(model: Serving<'audio'>, { context, options }: AudioOptions): AudioPlan {
  return {
    model,
    context: checkName(context, model.audio.contexts, 'context'),
    embedding: checkEmbeddingOptions(options, model.audio),
  };
}

/** Cost of encoding a number of samples, as a share of a whole context. */
export function samplesCost({ model, context }: AudioPlan, samples: number): number {
  return audioCost(context, samples, model.audio.contextSamples);
}

/** Where its clips or windows wait for each other. */
export function audioLane({ model }: AudioPlan): LaneName {
  return { model: model.name, modality: 'audio' };
}

export function audioStamp({ model, context, embedding }: AudioPlan): ModelStamp {
  return stampOf(model, model.audio.space(embedding.pooling, context));
}

/** Encodes samples by a plan; `withFrames` for a decoder. Rejects as the encoder does. */
export async function encodeSamples(
  { model, context, embedding }: AudioPlan,
  samples: Float32Array<ArrayBuffer>,
  preprocessUs: number,
  call: CallContext,
  withFrames = false,
): Promise<EncodedFrames> {
  const { sampleRate, contextSamples, encoder } = model.audio;
  const padded = context === 'padded' ? contextSamples - samples.length : 0;
  call.observer.audio(samples.length / sampleRate, padded / sampleRate);
  const item = { samples, context, pooling: embedding.pooling, form: embedding.form, withFrames };
  return encodePrepared(encoder, 'audio', item, preprocessUs, call);
}
