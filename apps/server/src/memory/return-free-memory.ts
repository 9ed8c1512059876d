import { type Logger, messageOf, releaseWhenIdle } from '@triptych/core';

export interface ReturnOptions {
  readonly logger: Logger;
  /** How often the process is looked at, in milliseconds. */
  readonly everyMs?: number;
}

/** Threads that rest have collected their garbage by then. */
const LOOKS_AT_REST = 5;

/**
 * Has the allocator give the system back what is free, where the process is idle and larger than it was, or rests. glibc keeps what lies below
 * any memory that is in use: two thousand streams left 1.2 GB when they had ended, of which some MB were in use. Where there is no
 * `malloc_trim`, as on macOS and with musl, nothing is done. Returns what stops it.
 */
export function returnFreeMemory({ logger, ...options }: ReturnOptions): () => void {
  let trim: Promise<(() => Promise<void>) | undefined> | undefined;
  return releaseWhenIdle({
    ...options,
    held: () => process.memoryUsage.rss(),
    looksAtRest: LOOKS_AT_REST,
    release: async () => {
      trim ??= allocatorsTrim(logger);
      const trimmed = await trim;
      await trimmed?.();
    },
  });
}

/** glibc's `malloc_trim`, in a thread of libuv's; undefined where there is none. */
async function allocatorsTrim(logger: Logger): Promise<(() => Promise<void>) | undefined> {
  try {
    const { default: koffi } = await import('koffi');
    const mallocTrim = koffi.load(null).func('int malloc_trim(size_t pad)');
    return () =>
      new Promise((resolve) => {
        mallocTrim.async(0, () => resolve());
      });
  } catch (thrown) {
    logger.debug({ reason: messageOf(thrown) }, 'free memory is not returned: no malloc_trim');
    return undefined;
  }
}
