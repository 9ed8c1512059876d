/** What an estimate is based on at least: less says how a work starts, not how it goes. */
const BASIS_MS = 3000;
const BASIS_STEPS = 2;

/**
 * Estimates how long a work goes on, from its pace since its first step was done: what comes before that (a model that
 * loads, a file that was there already) has another pace.
 */
export class Estimate {
  #first: { readonly done: number; readonly at: number } | undefined;
  #last = 0;
  #steps = 0;

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Milliseconds that are left; undefined while there is no basis. */
  update(done: number, total: number): number | undefined {
    if (done > this.#last) this.#steps++;
    this.#last = done;
    if (done === 0) return undefined;
    this.#first ??= { done, at: this.now() };
    const elapsed = this.now() - this.#first.at;
    const moved = done - this.#first.done;
    if (elapsed < BASIS_MS || moved === 0 || this.#steps < BASIS_STEPS + 1) return undefined;
    return ((total - done) * elapsed) / moved;
  }
}

/** A duration for a person: as exact as an estimate is. */
export function roughly(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 90) return `${seconds} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}
