/** Weight of what was measured before, item by item: the last hundred or so count. */
const KEPT = 0.99;

/** What a unit of cost takes while there is work: a moving average over what was completed. */
export class Pace {
  #busyMs = 0;
  #cost = 0;
  /** Since when what is completed next has been in work: the end of what was before it, or of idleness. */
  #since = 0;

  /** Milliseconds of a unit of cost; 0 while nothing is known. */
  get msPerCost(): number {
    return this.#cost === 0 ? 0 : this.#busyMs / this.#cost;
  }

  /** Work begins after there was none, or after some that failed. */
  started(): void {
    this.#since = performance.now();
  }

  /** Work of this cost is done. */
  completed(cost: number): void {
    const now = performance.now();
    this.#busyMs = this.#busyMs * KEPT + (now - this.#since);
    this.#cost = this.#cost * KEPT + cost;
    this.#since = now;
  }
}
