import { performance } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

export interface CollectOptions {
  /** How often this thread is looked at, in milliseconds. */
  readonly everyMs?: number;
}

/** A thread that was busy for less than this part of the time since the last look is idle. */
const IDLE_UTILIZATION = 0.5;
/** Buffers that have come since the last collection, in bytes, from which on one pays: it takes some 10 ms. */
const GROWN_BYTES = 16 * 1024 * 1024;

/**
 * Collects this thread's garbage where it is idle and holds many more buffers than after the last collection. V8 collects as objects
 * are made: the buffers of a load that is over lie where they are until the next one comes, hundreds of MB of them.
 * Returns what stops it; by itself it keeps no process alive.
 */
export function collectWhenIdle({ everyMs = 5000 }: CollectOptions = {}): () => void {
  let collect: (() => void) | undefined;
  let left = Infinity;
  let before = performance.eventLoopUtilization();
  const timer = setInterval(() => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, before);
    before = now;
    const { external } = process.memoryUsage();
    left = Math.min(left, external);
    if (utilization > IDLE_UTILIZATION || external < left + GROWN_BYTES) return;
    collect ??= collector();
    collect();
    left = process.memoryUsage().external;
  }, everyMs).unref();
  return () => clearInterval(timer);
}

/**
 * V8's collector, of which Node has no API: contexts made while the flag is set have it as `gc`. (The inspector's
 * `collectGarbage` collects again and again, and blocks for 100 ms.) Without it nothing is collected here.
 */
function collector(): () => void {
  setFlagsFromString('--expose-gc');
  const gc: unknown = runInNewContext('typeof gc === "function" ? gc : undefined');
  setFlagsFromString('--no-expose-gc');
  if (typeof gc !== 'function') return () => undefined;
  const collect = gc as (options?: { type: 'minor' }) => void;
  return () => {
    collect();
    // Buffers are freed by a thread of V8's; they are counted out when the next collection begins.
    collect({ type: 'minor' });
  };
}
