import type { Transferable } from 'node:worker_threads';
import { catalogue } from '../errors/catalogue.js';
import type { ErrorRecord } from '../errors/triptych-error.js';

/** A call to a worker: `method` with one argument. */
export interface WorkerCall {
  readonly id: number;
  readonly method: string;
  readonly argument: unknown;
}

/** What a worker's thread says first: its modules are loaded. */
export const BEGUN = 'begun';

/** A worker's answer to the call of the same id. */
export type WorkerAnswer =
  { readonly id: number; readonly result: unknown } | { readonly id: number; readonly error: ErrorRecord };

/** Whether a process that may be taken over has sent an answer; what its result is says whoever asked. */
export function isAnswer(message: unknown): message is WorkerAnswer {
  if (!isObject(message) || typeof message['id'] !== 'number') return false;
  return !('error' in message) || isErrorRecord(message['error']);
}

function isErrorRecord(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { reason, message, field = '', stack = '' } = value;
  const isReason = typeof reason === 'string' && Object.hasOwn(catalogue, reason);
  return isReason && [message, field, stack].every((one) => typeof one === 'string');
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** A result whose buffers change threads instead of being copied. */
export class Transferred<T> {
  constructor(
    readonly value: T,
    readonly transfer: readonly Transferable[],
  ) {}
}
