import { TriptychError } from './triptych-error.js';

/** What calls are aborted with whose client has gone. One for all: a stack for each would cost more than what it ends. */
export const clientGone = new TriptychError('CANCELLED', 'the client cancelled the call');

/** What a signal aborted with, where that is an error of ours; else CANCELLED. */
export function abortError(signal?: AbortSignal): TriptychError {
  const reason: unknown = signal?.reason;
  return reason instanceof TriptychError ? reason : clientGone;
}

/**
 * What `work` comes to, or {@link abortError} once the signal aborts. It leaves nothing behind on the signal: a race against one promise
 * that lives as long as a call would keep every result for as long.
 */
export function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(abortError(signal));
    const leave = () => signal.removeEventListener('abort', onAbort);
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
    work.finally(leave).then(resolve, reject);
  });
}
