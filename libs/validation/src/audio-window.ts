import { TriptychError } from '@triptych/core';
import { audioLimits } from './audio-limits.js';
import { checkName } from './names.js';

/** How a stream is cut into windows, in samples of the model's rate. */
export interface WindowPlan {
  readonly windowSamples: number;
  readonly hopSamples: number;
  readonly emitTail: boolean;
  /** Windows are pieces of one recording: however short one is, it is whole. Default: no. */
  readonly arePieces?: boolean;
}

/** How a stream is to be cut into windows. */
export interface RequestedWindow {
  /** Default, and 0: the model's context. */
  readonly windowMs?: number | undefined;
  /** From the start of a window to that of the next. Default, and 0: the window. */
  readonly hopMs?: number | undefined;
  /** What becomes of audio at the end that fills no window: `emit` (a shorter one) or `drop`. Default: `emit`. */
  readonly tail?: string | undefined;
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
        field: 'window_ms',
      },
    );
  }
  const minHopMs = 10;
  if (hopMs < minHopMs || hopMs > windowMs) {
    throw new TriptychError(
      'WINDOW_INVALID',
      `hop_ms is ${hopMs}; expected ${minHopMs} to ${windowMs}, the window`,
      {
        field: 'hop_ms',
      },
    );
  }
  const tail = checkName(requested.tail, ['emit', 'drop'], 'tail');
  const samples = (ms: number) => Math.round((ms * sampleRate) / 1000);
  return { windowSamples: samples(windowMs), hopSamples: samples(hopMs), emitTail: tail === 'emit' };
}

/** Where a stream goes on that broke off, in samples of the model's rate from the start of the first stream. */
export interface RequestedResume {
  /** Of the first window that is wanted. */
  readonly windowIndex: number;
  readonly windowStartSample: number;
  /** End of the last window that was received. */
  readonly coveredSample: number;
  /** Of the first chunk that is sent again. */
  readonly audioStartSample: number;
  /** Of that chunk. */
  readonly sequence: number;
}

/** Throws WINDOW_INVALID where the places of a stream that goes on contradict each other. */
export function checkResume(resume: RequestedResume): RequestedResume {
  const { windowIndex, windowStartSample, coveredSample, audioStartSample, sequence } = resume;
  const numbers = [windowIndex, windowStartSample, coveredSample, audioStartSample, sequence];
  const wrong = (message: string, field: string) =>
    new TriptychError('WINDOW_INVALID', message, { field: `resume.${field}` });
  if (!numbers.every(Number.isSafeInteger))
    throw wrong('a position is beyond 2^53; no stream is that long', 'window_start_sample');
  if (audioStartSample > windowStartSample) {
    throw wrong(
      `audio_start_sample is ${audioStartSample}; expected at most ${windowStartSample}, where the window starts`,
      'audio_start_sample',
    );
  }
  const before = { window_start_sample: windowStartSample, covered_sample: coveredSample };
  for (const [field, found] of Object.entries(before))
    if (windowIndex === 0 && found > 0)
      throw wrong(
        `${field} is ${found}; expected 0: window 0 starts where the audio does, and none was received before it`,
        field,
      );
  if (coveredSample < windowStartSample)
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
