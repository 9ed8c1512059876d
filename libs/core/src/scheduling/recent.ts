/**
 * Keys that something was seen of in the last `ms` milliseconds. Bounded by how many keys are seen in that time. One that `hasEnded` is forgotten
 * once none is left that was seen before it and has not ended.
 */
export class Recent<Key> {
  /** When each key was last seen, the longest ago first. */
  readonly #seen = new Map<Key, number>();

  constructor(
    private readonly ms: number,
    private readonly hasEnded: (key: Key) => boolean = () => false,
  ) {}

  see(key: Key): void {
    this.#seen.delete(key);
    this.#seen.set(key, performance.now());
    this.#forget();
  }

  has(key: Key): boolean {
    this.#forget();
    return this.#seen.has(key);
  }

  get size(): number {
    this.#forget();
    return this.#seen.size;
  }

  #forget(): void {
    const since = performance.now() - this.ms;
    for (const [key, time] of this.#seen) {
      if (time >= since && !this.hasEnded(key)) break;
      this.#seen.delete(key);
    }
  }
}
