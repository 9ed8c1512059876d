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

/** How audio is said to be encoded. */
export interface RequestedAudioFormat {
  /** `s16le`, `f32le`, `mulaw`, or `container`: a file whose bytes say what it is. */
  readonly encoding?: string | undefined;
  /** Of samples without a container. */
  readonly sampleRateHz?: number | undefined;
  /** Of samples without a container, interleaved. Default, and 0: 1. */
  readonly channels?: number | undefined;
}

const encodings = ['s16le', 'f32le', 'mulaw', 'container'] as const;

/** Throws AUDIO_ENCODING_UNKNOWN, AUDIO_SAMPLE_RATE or AUDIO_CHANNELS, with the field below `format`. */
export function checkAudioFormat(format: RequestedAudioFormat | null | undefined): AudioFormat {
  const encoding = encodings.find((one) => one === format?.encoding);
  if (!encoding) {
    const found =
      format?.encoding === undefined ? 'no encoding is named' : `encoding ${format.encoding} is unknown`;
    throw new TriptychError('AUDIO_ENCODING_UNKNOWN', `${found}; expected one of ${encodings.join(', ')}`, {
      field: 'format.encoding',
      choice: { found: format?.encoding, expected: encodings },
    });
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
