import { TriptychError } from '@triptych/core';
import { audioLimits } from './audio-limits.js';
import { checkEnum } from './enums.js';

/** How a stream is cut into windows, in samples of the model's rate. */
export interface WindowPlan {
  readonly windowSamples: number;
  readonly hopSamples: number;
  readonly emitTail: boolean;
}

/** The part of `AudioStreamConfig` that shapes windows. */
export interface RequestedWindow {
  readonly windowMs?: number;
  readonly hopMs?: number;
  readonly tail?: number;
}

export interface WindowLimits {
  readonly contextMs: number;
  readonly sampleRate: number;
}

/** Fills in the defaults. Throws WINDOW_INVALID or ENUM_UNKNOWN. */
export function checkWindow(requested: RequestedWindow, { contextMs, sampleRate }: WindowLimits): WindowPlan {
  const windowMs = requested.windowMs || contextMs;
  const hopMs = requested.hopMs || windowMs;
  const minMs = 1000 * audioLimits.minSeconds;
  if (windowMs < minMs || windowMs > contextMs) {
    throw new TriptychError(
      'WINDOW_INVALID',
      `window_ms is ${windowMs}; expected ${minMs} to ${contextMs}, the model's context`,
      {
        field: 'config.window_ms',
      },
    );
  }
  const minHopMs = 10;
  if (hopMs < minHopMs || hopMs > windowMs) {
    throw new TriptychError(
      'WINDOW_INVALID',
      `hop_ms is ${hopMs}; expected ${minHopMs} to ${windowMs}, the window`,
      {
        field: 'config.hop_ms',
      },
    );
  }
  const tail = checkEnum(requested.tail, { 0: 'emit', 1: 'emit', 2: 'drop' } as const, 'config.tail');
  const samples = (ms: number) => Math.round((ms * sampleRate) / 1000);
  return { windowSamples: samples(windowMs), hopSamples: samples(hopMs), emitTail: tail === 'emit' };
}

/** `AudioStreamResume` as it comes in. */
export interface RequestedResume {
  readonly windowIndex: number;
  readonly windowStartSample: number;
  readonly coveredSample: number;
  readonly audioStartSample: number;
  readonly sequence: number;
}

/** Throws WINDOW_INVALID where the places of a stream that goes on contradict each other. */
export function checkResume(resume: RequestedResume): RequestedResume {
  const { windowIndex, windowStartSample, coveredSample, audioStartSample, sequence } = resume;
  const numbers = [windowIndex, windowStartSample, coveredSample, audioStartSample, sequence];
  const wrong = (message: string, field: string) =>
    new TriptychError('WINDOW_INVALID', message, { field: `config.resume.${field}` });
  if (!numbers.every(Number.isSafeInteger))
    throw wrong('a position is beyond 2^53; no stream is that long', 'window_start_sample');
  if (audioStartSample > windowStartSample) {
    throw wrong(
      `audio_start_sample is ${audioStartSample}; expected at most ${windowStartSample}, where the window starts`,
      'audio_start_sample',
    );
  }
  if (windowIndex > 0 && coveredSample < windowStartSample)
    throw wrong(
      `covered_sample is ${coveredSample}; expected at least ${windowStartSample}: windows leave nothing out`,
      'covered_sample',
    );
  return resume;
}

/** Sequence numbers of a stream's chunks go from 0 up by one. Throws STREAM_SEQUENCE. */
export function checkSequence(found: number, expected: number): void {
  if (found === expected) return;
  const what = found < expected ? 'a repeat' : 'a gap';
  throw new TriptychError('STREAM_SEQUENCE', `chunk ${found} is ${what}; expected sequence ${expected}`, {
    field: 'chunk.sequence',
  });
}
