import { validFrames } from '@triptych/audio-encoder';
import type { AudioResult, EncodeAudioRequest__Output, EncodeAudioResponse } from '@triptych/protocol';
import { checkAudioFormat, checkBatch } from '@triptych/validation';
import type { CallContext } from '../call.js';
import { encodeItems } from '../items.js';
import type { ServiceParts } from '../service-parts.js';
import { type AudioPlan, audioStamp, encodeSamples, planAudio } from './audio-request.js';

type Clip = EncodeAudioRequest__Output['clips'][number];

/** `AudioEncoder.Encode`: every clip on its own, so that a bad one fails alone. */
export async function encodeClips(
  { models, admission, limits }: ServiceParts,
  request: EncodeAudioRequest__Output,
  context: CallContext,
): Promise<EncodeAudioResponse> {
  const { clips } = request;
  const plan = planAudio(models.serving('audio', request.model), request);
  checkBatch(clips.length, limits.maxClips, 'clips');
  const bytes = clips.reduce((sum, clip) => sum + clip.data.length, 0);
  const lane = `${plan.model.name}/audio/${plan.context}`;
  const load = { lane, items: clips.length, bytes, deadline: context.deadline };
  const results = await admission.run(load, () =>
    encodeItems<Clip, AudioResult>(
      clips,
      'clips',
      (clip) => encodeClip(plan, clip, context),
      ({ id }, error) => ({ id, error }),
    ),
  );
  return { stamp: audioStamp(plan), results };
}

/** One clip, by a plan. Throws AUDIO_* errors, and as the encoder does. */
export async function encodeClip(
  plan: AudioPlan,
  { id, format, data }: Clip,
  context: CallContext,
): Promise<AudioResult> {
  const { preprocessor, config, contextSamples } = plan.model.audio;
  const { samples, preprocessUs } = await preprocessor.clip(
    {
      format: checkAudioFormat(format),
      data,
      targetRate: config.mel.sampleRate,
      maxSamples: contextSamples,
    },
    context,
  );
  const frames = validFrames(config, samples.length);
  return { id, validFrames: frames, ...(await encodeSamples(plan, samples, preprocessUs, context)) };
}
