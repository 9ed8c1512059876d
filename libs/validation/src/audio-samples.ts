import { TriptychError } from '@triptych/core';
import { audioLimits } from './audio-limits.js';

/** A float sample that is no audio. */
export interface SampleFault {
  readonly reason: 'AUDIO_NOT_FINITE' | 'AUDIO_OUT_OF_RANGE';
  readonly value: number;
  /** Frames (samples of each channel) from the start. */
  readonly position: number;
}

/** The fault of one float sample, if it has one. */
export function faultOf(value: number, position: number): SampleFault | undefined {
  if (Math.abs(value) <= audioLimits.maxMagnitude) return undefined;
  return { reason: Number.isFinite(value) ? 'AUDIO_OUT_OF_RANGE' : 'AUDIO_NOT_FINITE', value, position };
}

export function faultError({ reason, value, position }: SampleFault): TriptychError {
  const found = `sample ${position} is ${Number.isFinite(value) ? value.toPrecision(6) : value}`;
  const expected =
    reason === 'AUDIO_NOT_FINITE'
      ? 'expected finite values'
      : `expected values within ±${audioLimits.maxMagnitude}`;
  return new TriptychError(reason, `${found}; ${expected} (full scale is ±1)`, { field: 'data' });
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
