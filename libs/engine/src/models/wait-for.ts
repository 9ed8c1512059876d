import { abortError, TriptychError } from '@triptych/core';

/** Who waits, until when. */
export interface Waiting {
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch; Infinity where there is none. */
  readonly deadline: number;
}

const LONGEST_TIMER_MS = 2_147_000_000;

/** What a promise gives, unless its caller goes, or its deadline comes first: CANCELLED or DEADLINE_PASSED. What is waited for goes on. */
export function waitFor<T>(promise: Promise<T>, { signal, deadline }: Waiting, what: string): Promise<T> {
  if (signal.aborted) {
    // Nobody else may be told if it fails.
    promise.catch(() => undefined);
    return Promise.reject(abortError(signal));
  }
  return new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    };
    const fail = (error: TriptychError) => {
      end();
      reject(error);
    };
    const onAbort = () => fail(abortError(signal));
    const late = () => fail(new TriptychError('DEADLINE_PASSED', `the deadline passed while ${what}`));
    const left = deadline - Date.now();
    const timer = left < LONGEST_TIMER_MS ? setTimeout(late, Math.max(0, left)) : undefined;
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(end);
  });
}
