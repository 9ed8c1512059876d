import type { Transferable } from 'node:worker_threads';
import { type ErrorRecord, isErrorRecord } from '../errors/triptych-error.js';

/** A call to a worker: `method` with one argument. */
export interface WorkerCall {
  readonly id: number;
  readonly method: string;
  readonly argument: unknown;
}

/** The file descriptor of a worker's process that calls come through, and answers go. */
export const WORKER_PIPE = 3;

/** What a worker's thread says first: its modules are loaded. */
export const BEGUN = 'begun';

/** A worker's answer to the call of the same id. */
export type WorkerAnswer =
  { readonly id: number; readonly result: unknown } | { readonly id: number; readonly error: ErrorRecord };

/** Whether what a process sent is an answer; what its result is says whoever asked. */
export function isAnswer(message: unknown): message is WorkerAnswer {
  if (typeof message !== 'object' || message === null) return false;
  const answer = message as Readonly<Record<string, unknown>>;
  return typeof answer['id'] === 'number' && (!('error' in answer) || isErrorRecord(answer['error']));
}

/** A result whose buffers change threads instead of being copied. */
export class Transferred<T> {
  constructor(
    readonly value: T,
    readonly transfer: readonly Transferable[],
  ) {}
}
