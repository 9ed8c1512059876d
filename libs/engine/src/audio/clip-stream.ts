import { batchWeight } from '../admission/batch-weight.js';
import type { CallContext } from '../call.js';
import type { EngineParts } from '../engine-parts.js';
import { type BatchStream, batchStream, type BatchStreamOptions } from '../items/batch-stream.js';
import { type AudioOptions, audioStamp, planAudio } from './audio-plan.js';
import { type AudioClip, encodeClip } from './encode-clips.js';

export interface ClipStreamRequest extends AudioOptions, BatchStreamOptions {
  /** Default: the first that takes audio. */
  readonly model?: string | undefined;
}

/** Whole clips, each a vector. Throws MODEL_NOT_FOUND and as {@link planAudio} does. */
export function openClipStream(
  { models, limits }: EngineParts,
  request: ClipStreamRequest,
  context: CallContext,
): BatchStream<AudioClip> {
  const plan = planAudio(models.serving('audio', request.model), request);
  const { form, pooling } = plan.embedding;
  return batchStream({
    ready: {
      stamp: audioStamp(plan),
      dimensions: form.dimensions || plan.model.audio.dimensions(pooling),
      maxBatchItems: limits.maxClips,
    },
    order: request.order,
    field: 'batch.clips',
    limit: limits.maxClips,
    weight: (clips) => {
      const bytes = clips.reduce((sum, { data }) => sum + data.length, 0);
      return batchWeight({ items: clips.length, bytes }, limits.maxClips);
    },
    encode: (clip) => encodeClip(plan, clip, context),
    close: () => models.end(),
  });
}
