/** Memory that all together may use at a time. Alone, one may use any amount. */
export class MemoryBudget {
  #used = 0;
  readonly #waiting = new Set<() => void>();

  constructor(private readonly bytes: number) {}

  /** False where there is no room; `whenFreed` is then called once, when there may be. */
  take(bytes: number, whenFreed: () => void): boolean {
    if (this.#used > 0 && this.#used + bytes > this.bytes) {
      this.#waiting.add(whenFreed);
      return false;
    }
    this.#used += bytes;
    return true;
  }

  free(bytes: number): void {
    this.#used -= bytes;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const wake of waiting) wake();
  }
}
