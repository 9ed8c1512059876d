import { TriptychError } from '@triptych/core';
import { audioLimits } from './audio-limits.js';

/** Float samples that are no audio, close to each other: the first of them, and how many there are. */
export interface SampleFaults {
  /** Of the first. */
  readonly value: number;
  /** Of the first, in frames (samples of each channel) from the start. */
  readonly position: number;
  /** Of the last. */
  readonly lastPosition: number;
  readonly count: number;
}

/** Whether a float sample is audio: neither NaN nor infinite nor far beyond full scale. */
export function isAudio(value: number): boolean {
  return Math.abs(value) <= audioLimits.maxMagnitude;
}

/** What is said of them: an error for each would cost more than the audio. */
export function faultError({ value, position }: SampleFaults, count: number): TriptychError {
  const isFinite = Number.isFinite(value);
  const found = `sample ${position} is ${isFinite ? value.toPrecision(6) : value}`;
  const among = count > 1 ? `, the first of ${count} that are no audio` : '';
  const expected = isFinite
    ? `expected values within ±${audioLimits.maxMagnitude}`
    : 'expected finite values';
  return new TriptychError(
    isFinite ? 'AUDIO_OUT_OF_RANGE' : 'AUDIO_NOT_FINITE',
    `${found}${among}; ${expected} (full scale is ±1)`,
    { field: 'data' },
  );
}

/** Throws AUDIO_PARTIAL_SAMPLE when bytes are left over after the last whole frame. */
export function checkWholeFrames(leftOver: number, frameBytes: number): void {
  if (leftOver === 0) return;
  throw new TriptychError(
    'AUDIO_PARTIAL_SAMPLE',
    `${leftOver} bytes are left after the last whole frame; expected a multiple of ${frameBytes} bytes`,
    { field: 'data' },
  );
}

/** Throws AUDIO_EMPTY or AUDIO_TOO_SHORT. */
export function checkLongEnough(samples: number, sampleRate: number): void {
  if (samples === 0)
    throw new TriptychError('AUDIO_EMPTY', 'there is no audio; expected at least 0.1 s', { field: 'data' });
  const seconds = samples / sampleRate;
  if (seconds < audioLimits.minSeconds) {
    throw new TriptychError(
      'AUDIO_TOO_SHORT',
      `${seconds.toFixed(4)} s of audio; expected at least ${audioLimits.minSeconds} s`,
      { field: 'data' },
    );
  }
}

/** For clips: the model's context is the most that one call may hold. */
export function tooLong(maxSeconds: number): TriptychError {
  return new TriptychError(
    'AUDIO_TOO_LONG',
    `more than ${maxSeconds} s of audio, the model's context; stream longer audio with EncodeStream`,
    { field: 'data' },
  );
}
