import { performance } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

export interface CollectOptions {
  /** How often this thread is looked at, in milliseconds. */
  readonly everyMs?: number;
}

/** A thread that was busy for less than this part of the time since the last look is idle. */
const IDLE_UTILIZATION = 0.5;
/** So many bytes of buffers more than before pay for a collection: it takes some 10 ms. */
const GROWN_BYTES = 16 * 1024 * 1024;
/** Looks from one collection that found nothing to the next, at most. */
const LONGEST_PAUSE = 6;

/**
 * Collects this thread's garbage where it is idle and holds many more buffers than after the last collection, or than it ever got
 * by with: seldom, where that is for nothing. V8 collects as objects are made: the buffers of a load that is over lie where they are
 * until the next one comes, hundreds of MB of them. Returns what stops it; by itself it keeps no process alive.
 */
export function collectWhenIdle({ everyMs = 5000 }: CollectOptions = {}): () => void {
  let collect: (() => void) | undefined;
  let [last, least] = [Infinity, Infinity];
  let [looks, pause] = [0, 1];
  let before = performance.eventLoopUtilization();
  const timer = setInterval(() => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, before);
    before = now;
    looks++;
    const { external } = process.memoryUsage();
    last = Math.min(last, external);
    least = Math.min(least, external);
    const isGrown = external >= last + GROWN_BYTES;
    // What was in use at the last collection may be garbage by now.
    const mayHold = external >= least + GROWN_BYTES && looks >= pause;
    if (utilization > IDLE_UTILIZATION || !(isGrown || mayHold)) return;
    collect ??= collector();
    collect?.();
    last = process.memoryUsage().external;
    least = Math.min(least, last);
    pause = external - last < GROWN_BYTES ? Math.min(2 * pause, LONGEST_PAUSE) : 1;
    looks = 0;
  }, everyMs).unref();
  return () => clearInterval(timer);
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
