import { performance } from 'node:perf_hooks';

export interface ReleaseOptions {
  /** How often is looked, in milliseconds. */
  readonly everyMs?: number;
  /** Bytes that are held now, of which some may be for nothing. */
  readonly held: () => number;
  /** Gives back what is not in use, where it can now. */
  readonly release: () => Promise<void> | void;
}

/** A thread that was busy for less than this part of the time since the last look is idle. */
const IDLE_UTILIZATION = 0.5;
/** So many bytes more than before pay for a release: it takes some 10 ms. */
const GROWN_BYTES = 16 * 1024 * 1024;
/** Looks from one release that found nothing to the next, at most. */
const LONGEST_PAUSE = 6;

/**
 * Releases memory where this thread is idle and many more bytes are held than after the last release, or than it ever got by with:
 * seldom, where that is for nothing. Returns what stops it; by itself it keeps no process alive.
 */
export function releaseWhenIdle({ everyMs = 5000, held, release }: ReleaseOptions): () => void {
  let [last, least] = [Infinity, Infinity];
  let [looks, pause] = [0, 1];
  let before = performance.eventLoopUtilization();
  let isReleasing = false;
  const look = async () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, before);
    before = now;
    looks++;
    const bytes = held();
    last = Math.min(last, bytes);
    least = Math.min(least, bytes);
    const isGrown = bytes >= last + GROWN_BYTES;
    // What was in use at the last release may be free by now.
    const mayHold = bytes >= least + GROWN_BYTES && looks >= pause;
    if (isReleasing || utilization > IDLE_UTILIZATION || !(isGrown || mayHold)) return;
    isReleasing = true;
    await release();
    isReleasing = false;
    last = held();
    least = Math.min(least, last);
    pause = bytes - last < GROWN_BYTES ? Math.min(2 * pause, LONGEST_PAUSE) : 1;
    looks = 0;
  };
  const timer = setInterval(() => void look(), everyMs).unref();
  return () => clearInterval(timer);
}
