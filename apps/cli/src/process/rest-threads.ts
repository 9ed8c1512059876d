import { restNativeThreads } from '@triptych/core';

/** Sessions take some seconds to be made, and a run takes less. */
const LONGEST_REST_MS = 30_000;

/** Waits until no native code runs in a thread, which the end of the process would take from under it. */
export function restThreads(): Promise<void> {
  return restNativeThreads(LONGEST_REST_MS);
}
