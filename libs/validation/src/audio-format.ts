import { TriptychError } from '@triptych/core';
import { audioLimits } from './audio-limits.js';

export type PcmEncoding = 's16le' | 'f32le' | 'mulaw';

/** Interleaved samples without a container. */
export interface PcmFormat {
  readonly encoding: PcmEncoding;
  readonly sampleRate: number;
  readonly channels: number;
}

export type AudioFormat = PcmFormat | { readonly encoding: 'container' };

export const bytesPerSample: Record<PcmEncoding, number> = { s16le: 2, f32le: 4, mulaw: 1 };

/** `AudioEncoding` of the API, by its numbers. */
const encodings: Readonly<Record<number, AudioFormat['encoding']>> = {
  1: 's16le',
  2: 'f32le',
  3: 'mulaw',
  4: 'container',
};

/** `AudioFormat` as it comes in. */
export interface RequestedAudioFormat {
  readonly encoding?: number;
  readonly sampleRateHz?: number;
  readonly channels?: number;
}

/** Throws AUDIO_ENCODING_UNKNOWN, AUDIO_SAMPLE_RATE or AUDIO_CHANNELS, with the field below `format`. */
export function checkAudioFormat(format: RequestedAudioFormat | null | undefined): AudioFormat {
  const encoding = encodings[format?.encoding ?? 0];
  if (!encoding) {
    throw new TriptychError(
      'AUDIO_ENCODING_UNKNOWN',
      `encoding ${format?.encoding ?? 0} is unknown; expected PCM_S16LE (1), PCM_F32LE (2), PCM_MULAW (3) or CONTAINER (4)`,
      { field: 'format.encoding' },
    );
  }
  if (encoding === 'container') return { encoding };
  return {
    encoding,
    sampleRate: checkSampleRate(format?.sampleRateHz ?? 0),
    channels: checkChannels(format?.channels || 1),
  };
}

/** Throws AUDIO_SAMPLE_RATE. */
export function checkSampleRate(sampleRate: number): number {
  const { minSampleRateHz, maxSampleRateHz } = audioLimits;
  if (sampleRate >= minSampleRateHz && sampleRate <= maxSampleRateHz) return sampleRate;
  throw new TriptychError(
    'AUDIO_SAMPLE_RATE',
    `a sample rate of ${sampleRate} Hz; expected ${minSampleRateHz} to ${maxSampleRateHz}`,
    { field: 'format.sample_rate_hz' },
  );
}

/** Throws AUDIO_CHANNELS. */
export function checkChannels(channels: number): number {
  if (channels >= 1 && channels <= audioLimits.maxChannels) return channels;
  throw new TriptychError(
    'AUDIO_CHANNELS',
    `${channels} channels; expected 1 to ${audioLimits.maxChannels}`,
    {
      field: 'format.channels',
    },
  );
}
