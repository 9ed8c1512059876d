import { TriptychError } from '@triptych/core';
import type { AudioPreprocessor } from '@triptych/preprocessing';
import type { AudioResult, EncodeAudioRequest__Output, EncodeAudioResponse } from '@triptych/protocol';
import { checkAudioFormat } from '@triptych/validation';
import type { ModelRegistry } from '../../models/model-registry.js';
import type { Admission } from '../admission.js';
import type { CallContext } from '../call.js';
import { embeddingMessage } from '../embedding-message.js';
import { toItemError } from '../status.js';
import { type AudioPlan, audioStamp, planAudio } from './audio-request.js';

type Clip = EncodeAudioRequest__Output['clips'][number];

export interface AudioServiceParts {
  readonly models: ModelRegistry;
  readonly preprocessor: AudioPreprocessor;
  readonly admission: Admission;
  readonly maxClips: number;
  readonly streamWindows: number;
}

/** `AudioEncoder.Encode`: every clip on its own, so that a bad one fails alone. */
export async function encodeClips(
  parts: AudioServiceParts,
  request: EncodeAudioRequest__Output,
  { signal }: CallContext,
): Promise<EncodeAudioResponse> {
  const plan = planAudio(parts.models.audio(request.model), request);
  checkClipCount(request.clips.length, parts.maxClips);
  const bytes = request.clips.reduce((sum, clip) => sum + clip.data.length, 0);
  const results = await parts.admission.run(request.clips.length, bytes, () =>
    Promise.all(
      request.clips.map((clip, i) =>
        encodeClip(parts, plan, clip, signal).catch((thrown: unknown) => failed(clip, i, thrown)),
      ),
    ),
  );
  return { stamp: audioStamp(plan), results };
}

async function encodeClip(
  { preprocessor }: AudioServiceParts,
  { model, context, embedding }: AudioPlan,
  { id, format, data }: Clip,
  signal: AbortSignal,
): Promise<AudioResult> {
  const { encoder, config, contextSamples } = model.audio;
  const { samples, preprocessUs } = await preprocessor.clip({
    format: checkAudioFormat(format),
    data,
    targetRate: config.mel.sampleRate,
    maxSamples: contextSamples,
  });
  const validFrames = encoder.validFrames(samples.length);
  const item = { samples, context, pooling: embedding.pooling, form: embedding.form };
  const { result, queueUs } = await encoder.encode(item, { signal, wait: true });
  return {
    id,
    embedding: embeddingMessage(result.embedding, embedding.encoding),
    validFrames,
    timing: { preprocessUs, queueUs, inferenceUs: result.inferenceUs },
  };
}

function checkClipCount(count: number, max: number): void {
  if (count === 0)
    throw new TriptychError('BATCH_EMPTY', 'the request holds no clip; expected at least 1', {
      field: 'clips',
    });
  if (count > max)
    throw new TriptychError('BATCH_TOO_LARGE', `${count} clips in one call; expected at most ${max}`, {
      field: 'clips',
    });
}

function failed({ id }: Clip, index: number, thrown: unknown): AudioResult {
  const error = TriptychError.from(thrown);
  // A caller that has gone is told so once, not item by item; a fault of ours fails the call and is logged with it.
  if (error.code === 'cancelled' || error.code === 'internal') throw error;
  return { id, error: toItemError(error.within(`clips[${index}]`)) };
}
