import { performance } from 'node:perf_hooks';

/** What happens to a call whose token is wrong. */
export type GuessAnswer = 'answered' | 'slowed' | 'refused';

/** Addresses that are remembered; beyond it, those that failed longest ago are forgotten. */
const MOST_ADDRESSES = 10_000;
/** Wrong tokens that are answered at once, whatever came in the minute before. */
const BURST = 10;
/** Answers that may be held back at a time, over all addresses. */
const MOST_SLOWED = 1000;

interface Bucket {
  left: number;
  since: number;
}

/**
 * A brake on guessing tokens: a token bucket for each address of failed authentications. Beyond it a failure is answered late,
 * and where too many wait for that already, with a refusal. Calls with a right token do not pass here.
 */
export class GuessLimit {
  /** The one that failed longest ago first. */
  readonly #buckets = new Map<string, Bucket>();
  #slowed = 0;

  /** @param perMinute failures of one address a minute that are answered at once */
  constructor(private readonly perMinute: number) {}

  /** Counts a failed authentication. One that is slowed is to be counted out by {@link answered}. */
  failed(address: string): GuessAnswer {
    const now = performance.now();
    const bucket = this.#buckets.get(address) ?? { left: BURST, since: now };
    this.#buckets.delete(address);
    this.#buckets.set(address, bucket);
    if (this.#buckets.size > MOST_ADDRESSES) this.#buckets.delete(firstOf(this.#buckets.keys()) ?? address);
    bucket.left = Math.min(BURST, bucket.left + ((now - bucket.since) * this.perMinute) / 60_000);
    bucket.since = now;
    if (bucket.left >= 1) {
      bucket.left--;
      return 'answered';
    }
    if (this.#slowed >= MOST_SLOWED) return 'refused';
    this.#slowed++;
    return 'slowed';
  }

  answered(): void {
    this.#slowed--;
  }

  /** Addresses that are remembered. */
  get size(): number {
    return this.#buckets.size;
  }
}

function firstOf<T>(values: Iterable<T>): T | undefined {
  for (const value of values) return value;
  return undefined;
}
