import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves or rejects as `done` does, or resolves after so long. */
export async function within(ms: number, done: Promise<unknown>): Promise<void> {
  const waiting = new AbortController();
  const over = sleep(ms, undefined, { signal: waiting.signal }).catch(() => undefined);
  try {
    await Promise.race([done, over]);
  } finally {
    waiting.abort();
  }
}
