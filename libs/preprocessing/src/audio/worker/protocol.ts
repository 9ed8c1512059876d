import { type ErrorRecord, isCount, isErrorRecord } from '@triptych/core';
import type { AudioFormat, WindowPlan } from '@triptych/validation';
import type { WindowerStart } from '../windower.js';

/** What a clip is: its samples are wanted whole. */
export interface ClipStart {
  readonly format: AudioFormat;
  readonly targetRate: number;
  /** Longest clip, in samples of the target rate. */
  readonly maxSamples: number;
}

/** What a stream is: its samples are wanted in windows. */
export interface StreamStart {
  readonly format: AudioFormat;
  readonly targetRate: number;
  readonly plan: WindowPlan;
  readonly start?: WindowerStart | undefined;
}

/** Bytes that have come, or that no more come. They must have been used up before the next. */
export interface Input {
  readonly data: Uint8Array;
  readonly sequence: number;
  readonly flush: boolean;
  readonly isLast: boolean;
}

/** Goes on with a job, for some milliseconds. */
export interface TurnRequest {
  readonly job: number;
  /** Comes with the first turn of a job. */
  readonly open?: ClipStart | StreamStart | undefined;
  readonly input?: Input | undefined;
  /** Most windows that are wanted now. */
  readonly room: number;
}

/** A window as it leaves the worker. */
export interface PreparedWindow {
  readonly index: number;
  readonly startSample: number;
  readonly endSample: number;
  readonly partial: boolean;
  readonly lastSequence: number;
  readonly content: { readonly samples: Float32Array<ArrayBuffer> } | { readonly error: ErrorRecord };
}

export interface TurnReply {
  readonly windows: readonly PreparedWindow[];
  /** A clip's, once it is done. */
  readonly clip?: Float32Array<ArrayBuffer> | undefined;
  /** The input is used up. */
  readonly isDone: boolean;
  /** Samples of the target rate so far. */
  readonly position: number;
  readonly spentUs: number;
  /** Of the job so far; making windows is not counted. */
  readonly decodedMs: number;
  /** Set where the audio is broken: the windows before it are whole, none comes after. */
  readonly failure?: ErrorRecord | undefined;
}

/** Whether what a worker sent is a turn's reply: whoever took its process over may send anything. */
export function isTurnReply(value: unknown): value is TurnReply {
  if (typeof value !== 'object' || value === null) return false;
  const { windows, clip, isDone, position, spentUs, decodedMs, failure } = value as Readonly<
    Record<string, unknown>
  >;
  return (
    Array.isArray(windows) &&
    windows.every(isWindow) &&
    (clip === undefined || clip instanceof Float32Array) &&
    typeof isDone === 'boolean' &&
    [position, spentUs].every(isCount) &&
    Number.isFinite(decodedMs) &&
    (failure === undefined || isErrorRecord(failure))
  );
}

function isWindow(value: unknown): value is PreparedWindow {
  if (typeof value !== 'object' || value === null) return false;
  const { index, startSample, endSample, partial, lastSequence, content } = value as Readonly<
    Record<string, unknown>
  >;
  if (typeof content !== 'object' || content === null) return false;
  const { samples, error } = content as Readonly<Record<string, unknown>>;
  return (
    [index, startSample, endSample, lastSequence].every(Number.isSafeInteger) &&
    typeof partial === 'boolean' &&
    (error === undefined ? samples instanceof Float32Array : isErrorRecord(error))
  );
}
