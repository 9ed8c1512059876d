import { performance } from 'node:perf_hooks';

export interface ReleaseOptions {
  /** How often is looked, in milliseconds. */
  readonly everyMs?: number;
  /** Bytes that are held now, of which some may be for nothing. */
  readonly held: () => number;
  /** The same where the thread rests and the time that it takes is nobody's: what else may be released. Default: `held`. */
  readonly heldAtRest?: () => number;
  /** Looks at a thread that rests until that is released, too. Default: 3. */
  readonly looksAtRest?: number;
  /** Gives back what is not in use, where it can now. */
  readonly release: () => Promise<void> | void;
}

/** A thread that was busy for less than this part of the time since the last look is idle. */
const IDLE_UTILIZATION = 0.5;
/** So many bytes more than before pay for a release: it takes some 10 ms. */
const GROWN_BYTES = 16 * 1024 * 1024;
/** Looks from one release that found nothing to the next, at most. */
const LONGEST_PAUSE = 6;
/** A thread that was busy for less than this part of the time rests. */
const REST_UTILIZATION = 0.05;
/** What pays for a release by a thread that rests. */
const GROWN_BYTES_AT_REST = 1024 * 1024;
const LOOKS_AT_REST = 3;

/**
 * Releases memory where this thread is idle and many more bytes are held than after the last release, or than it ever got by with:
 * seldom, where that is for nothing. Where it goes on resting, it releases what little has come since, once. Returns what stops it; by itself it
 * keeps no process alive.
 */
export function releaseWhenIdle({
  everyMs = 5000,
  held,
  heldAtRest = held,
  looksAtRest = LOOKS_AT_REST,
  release,
}: ReleaseOptions): () => void {
  let [last, least, lastAtRest] = [Infinity, Infinity, 0];
  let [looks, pause, rested] = [0, 1, 0];
  let before = performance.eventLoopUtilization();
  let isReleasing = false;
  const look = async () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, before);
    before = now;
    looks++;
    rested = utilization < REST_UTILIZATION ? rested + 1 : 0;
    const bytes = held();
    last = Math.min(last, bytes);
    least = Math.min(least, bytes);
    const isGrown = bytes >= last + GROWN_BYTES;
    // What was in use at the last release may be free by now.
    const mayHold = bytes >= least + GROWN_BYTES && looks >= pause;
    const isLeft = rested >= looksAtRest && heldAtRest() >= lastAtRest + GROWN_BYTES_AT_REST;
    if (isReleasing || utilization > IDLE_UTILIZATION || !(isGrown || mayHold || isLeft)) return;
    isReleasing = true;
    await release();
    isReleasing = false;
    last = held();
    least = Math.min(least, last);
    pause = bytes - last < GROWN_BYTES ? Math.min(2 * pause, LONGEST_PAUSE) : 1;
    lastAtRest = heldAtRest();
    looks = rested = 0;
  };
  const timer = setInterval(() => void look(), everyMs).unref();
  return () => clearInterval(timer);
}
