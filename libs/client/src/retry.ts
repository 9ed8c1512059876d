import { catalogue } from '@triptych/core';
import type { CallError } from './call-error.js';

export interface RetryOptions {
  /** Attempts of a call, or of a stream without an answer that counts in between, before it fails. Default: 10. */
  readonly maxAttempts?: number | undefined;
  /** Wait before the second attempt; it doubles up to 5 s. Default: 100 ms. */
  readonly firstWaitMs?: number | undefined;
}

export const UNAVAILABLE = 14;
/** CANCELLED, UNKNOWN, INTERNAL: what a connection or a proxy that breaks a call off is reported as. */
const BROKEN_OFF = [1, 2, 13];
const LONGEST_WAIT_MS = 5000;
/** A server that asks for a longer wait than this is not waited for any longer. */
const LONGEST_DELAY_MS = 60_000;

/** How long to wait after a failed attempt, counted from 1: at least as long as the server asks for. */
export function pauseMs(attempt: number, { firstWaitMs = 100 }: RetryOptions, delayMs = 0): number {
  const growing = Math.min(firstWaitMs * 2 ** (attempt - 1), LONGEST_WAIT_MS);
  return Math.max(growing, Math.min(delayMs, LONGEST_DELAY_MS));
}

/** Whether a connection or a proxy ended the call: what Triptych itself refuses has details. */
export function isBrokenOff({ code, details }: CallError): boolean {
  return details === undefined && BROKEN_OFF.includes(code);
}

/** Whether the same call may succeed later. Encoding has no effects, so it may always be repeated. */
export function isRetryable(error: CallError): boolean {
  const { code, details } = error;
  if (details === undefined) return code === UNAVAILABLE || isBrokenOff(error);
  if (details.retryDelayMs !== undefined) return true;
  return details.reason in catalogue && 'retryable' in catalogue[details.reason as keyof typeof catalogue];
}
