import { checkAudioFormat, type RequestedAudioFormat } from '@triptych/validation';
import type { CallContext } from '../call.js';
import type { EngineParts } from '../engine-parts.js';
import { encodeCall } from '../items/encode-call.js';
import type { ItemResult } from '../items/encode-items.js';
import type { EncodedItem } from '../items/encode-prepared.js';
import type { ModelStamp } from '../items/stamp.js';
import {
  type AudioOptions,
  type AudioPlan,
  samplesCost,
  audioLane,
  audioStamp,
  encodeSamples,
  planAudio,
} from './audio-plan.js';

/** A whole clip. */
export interface AudioClip {
  readonly format?: RequestedAudioFormat | null | undefined;
  readonly data: Uint8Array;
}

export interface EncodeAudioRequest extends AudioOptions {
  /** Default: the first that takes audio. */
  readonly model?: string | undefined;
  readonly clips: readonly AudioClip[];
}

export interface EncodedClip extends EncodedItem {
  /** Output frames that hold audio. */
  readonly validFrames: number;
  /** Samples that were encoded, of the model's rate. */
  readonly samples: number;
}

export interface EncodedAudio {
  readonly stamp: ModelStamp;
  readonly results: readonly ItemResult<EncodedClip>[];
}

/** Encodes clips. Throws as {@link encodeCall} and {@link planAudio} do. */
export async function encodeClips(
  { models, limits }: EngineParts,
  request: EncodeAudioRequest,
  context: CallContext,
): Promise<EncodedAudio> {
  const { clips } = request;
  const plan = planAudio(models.serving('audio', request.model), request);
  const results = await encodeCall(
    {
      items: clips,
      field: 'clips',
      most: limits.maxClips,
      lane: audioLane(plan),
      bytes: ({ data }) => data.length,
      cost: (clip) => clipCost(plan, clip),
    },
    (clip) => encodeClip(plan, clip, context),
    context,
  );
  return { stamp: audioStamp(plan), results };
}

/** One clip, by a plan. Throws AUDIO_* errors, and as the encoder does. */
export function encodeClip(plan: AudioPlan, clip: AudioClip, context: CallContext): Promise<EncodedClip> {
  const item = { ...context, cost: clipCost(plan, clip) };
  return context.admission.item(audioLane(plan), item, () => decodeAndEncode(plan, clip, context));
}

async function decodeAndEncode(
  plan: AudioPlan,
  { format, data }: AudioClip,
  context: CallContext,
): Promise<EncodedClip> {
  const { preprocessor, sampleRate, contextSamples, validFrames } = plan.model.audio;
  const { samples, preprocessUs } = await preprocessor.clip(
    { format: checkAudioFormat(format), data, targetRate: sampleRate, maxSamples: contextSamples },
    context,
  );
  // Counted first: the samples change threads.
  const { length } = samples;
  const encoded = await encodeSamples(plan, samples, preprocessUs, context);
  return { validFrames: validFrames(length), samples: length, ...encoded };
}

/** What a clip is expected to cost: its length is a guess, that of 16-bit samples. */
function clipCost(plan: AudioPlan, { data }: AudioClip): number {
  return samplesCost(plan, data.length / 2);
}
