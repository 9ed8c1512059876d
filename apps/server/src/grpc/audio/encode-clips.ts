import { TriptychError } from '@triptych/core';
import type { AudioPreprocessor } from '@triptych/preprocessing';
import type { AudioResult, EncodeAudioRequest__Output, EncodeAudioResponse } from '@triptych/protocol';
import { checkAudioFormat } from '@triptych/validation';
import type { ModelRegistry } from '../../models/model-registry.js';
import type { Admission } from '../admission.js';
import type { CallContext } from '../call.js';
import { toItemError } from '../status.js';
import { type AudioPlan, audioStamp, encodeSamples, itemFailure, planAudio } from './audio-request.js';

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
  plan: AudioPlan,
  { id, format, data }: Clip,
  signal: AbortSignal,
): Promise<AudioResult> {
  const { encoder, config, contextSamples } = plan.model.audio;
  const { samples, preprocessUs } = await preprocessor.clip({
    format: checkAudioFormat(format),
    data,
    targetRate: config.mel.sampleRate,
    maxSamples: contextSamples,
  });
  const validFrames = encoder.validFrames(samples.length);
  return { id, validFrames, ...(await encodeSamples(plan, samples, preprocessUs, signal)) };
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
  return { id, error: toItemError(itemFailure(thrown).within(`clips[${index}]`)) };
}
