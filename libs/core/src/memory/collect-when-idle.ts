import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { releaseWhenIdle } from './release-when-idle.js';

export interface CollectOptions {
  /** How often this thread is looked at, in milliseconds. */
  readonly everyMs?: number;
}

/**
 * Collects this thread's garbage where it is idle and holds many more buffers than after the last collection, or than it ever got
 * by with. V8 collects as objects are made: the buffers of a load that is over lie where they are until the next one comes, hundreds
 * of MB of them. A thread that rests collects its objects, too. Returns what stops it.
 */
export function collectWhenIdle(options: CollectOptions = {}): () => void {
  let collect: (() => void) | undefined;
  return releaseWhenIdle({
    ...options,
    held: () => process.memoryUsage().external,
    heldAtRest: () => {
      const { external, heapUsed } = process.memoryUsage();
      return external + heapUsed;
    },
    release: () => {
      collect ??= collector();
      collect?.();
    },
  });
}

/**
 * V8's collector, of which Node has no API: contexts made while the flag is set have it as `gc`. (The inspector's
 * `collectGarbage` collects again and again, and blocks for 100 ms.) undefined where there is none, be it because the flags are the
 * process's, and another thread has just taken this one back: the next look tries again.
 */
function collector(): (() => void) | undefined {
  setFlagsFromString('--expose-gc');
  const gc: unknown = runInNewContext('typeof gc === "function" ? gc : undefined');
  setFlagsFromString('--no-expose-gc');
  if (typeof gc !== 'function') return undefined;
  const collect = gc as (options?: { type: 'minor' }) => void;
  return () => {
    collect();
    // Buffers are freed by a thread of V8's; they are counted out when the next collection begins.
    collect({ type: 'minor' });
  };
}
