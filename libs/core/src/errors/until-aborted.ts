import { abortError } from './abort-error.js';

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
