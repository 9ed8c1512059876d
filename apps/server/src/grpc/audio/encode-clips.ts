import { validFrames } from '@triptych/audio-encoder';
import type { AudioResult, EncodeAudioRequest__Output, EncodeAudioResponse } from '@triptych/protocol';
import { checkAudioFormat, checkBatch } from '@triptych/validation';
import type { CallContext } from '../call.js';
import { encodeItems } from '../items.js';
import type { ServiceParts } from '../service-parts.js';
import { type AudioPlan, audioCost, audioStamp, encodeSamples, planAudio } from './audio-request.js';

type Clip = EncodeAudioRequest__Output['clips'][number];

/** `AudioEncoder.Encode`: every clip on its own, so that a bad one fails alone. */
export async function encodeClips(
  { models, limits }: ServiceParts,
  request: EncodeAudioRequest__Output,
  context: CallContext,
): Promise<EncodeAudioResponse> {
  const { clips } = request;
  const plan = planAudio(models.serving('audio', request.model), request);
  checkBatch(clips.length, limits.maxClips, 'clips');
  const bytes = clips.reduce((sum, clip) => sum + clip.data.length, 0);
  const cost = clips.reduce((sum, clip) => sum + clipCost(plan, clip), 0);
  const loads = [{ model: plan.model.name, modality: 'audio', items: clips.length, cost }];
  const results = await context.admission.run({ ...context, bytes, loads }, () =>
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
export function encodeClip(plan: AudioPlan, clip: Clip, context: CallContext): Promise<AudioResult> {
  const item = { ...context, cost: clipCost(plan, clip) };
  return context.admission.item({ model: plan.model.name, modality: 'audio' }, item, () =>
    decodeAndEncode(plan, clip, context),
  );
}

async function decodeAndEncode(
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

/** What a clip is expected to cost: its length is a guess, that of 16-bit samples. */
function clipCost(plan: AudioPlan, { data }: Clip): number {
  return audioCost(plan, data.length / 2);
}
