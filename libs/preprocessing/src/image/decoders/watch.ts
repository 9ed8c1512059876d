import type { Decoder } from './decoder.js';

/** What decoding one image has taken so far. */
export interface Taken {
  /** Since it was given to the decoder. */
  readonly passedMs: number;
  /** Processor time; where that is not known, time. */
  readonly cpuMs: number;
  /** Memory beside what the decoder had before. */
  readonly bytes: number;
}

const PERIOD_MS = 25;

/** Looks at a decoder that is at work every now and then, until `stop`. */
export function watchDecoder(decoder: Decoder, look: (taken: Taken) => void): { readonly stop: () => void } {
  const started = performance.now();
  const before = decoder.usage();
  const timer = setInterval(() => {
    const now = decoder.usage();
    const passedMs = performance.now() - started;
    const cpuMs = now && before ? now.cpuMs - before.cpuMs : passedMs;
    const bytes = now && before ? now.residentBytes - before.residentBytes : 0;
    look({ passedMs, cpuMs, bytes });
  }, PERIOD_MS);
  return { stop: () => clearInterval(timer) };
}
