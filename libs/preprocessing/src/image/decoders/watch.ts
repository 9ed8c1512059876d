import type { Decoder } from './decoder.js';

/** What decoding one image may take. */
export interface DecodeBounds {
  /** Processor time; where that is not known, time. */
  readonly ms: number;
  /** Memory beside what the decoder had before. */
  readonly bytes: number;
}

export type Excess = 'time' | 'memory';

const PERIOD_MS = 25;

/** A decoder that stands still is ended after so many times of what it may take in processor time. */
const PATIENCE = 10;

/**
 * Watches a decoder that is at work, until `stop`: `exceeded` is called each time that it is found beyond its bounds. A decoder
 * that waits for a core takes no time: it would be ended for what others do.
 */
export function watchDecoder(
  decoder: Decoder,
  bounds: () => DecodeBounds,
  exceeded: (excess: Excess) => void,
): { readonly stop: () => void } {
  const started = performance.now();
  const before = decoder.usage();
  const timer = setInterval(() => {
    const now = decoder.usage();
    const known = now && before;
    const passedMs = performance.now() - started;
    const tookMs = known ? Math.max(now.cpuMs - before.cpuMs, passedMs / PATIENCE) : passedMs;
    const { ms, bytes } = bounds();
    if (tookMs > ms) exceeded('time');
    else if (known && now.residentBytes - before.residentBytes > bytes) exceeded('memory');
  }, PERIOD_MS);
  return { stop: () => clearInterval(timer) };
}
