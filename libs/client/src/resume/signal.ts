/** Something that changes, for those who wait until it does. */
export class Signal {
  #resolve = () => {};
  #changed = this.#next();

  /** Resolves with the next change. */
  get changed(): Promise<void> {
    return this.#changed;
  }

  change(): void {
    const resolve = this.#resolve;
    this.#changed = this.#next();
    resolve();
  }

  #next(): Promise<void> {
    return new Promise((resolve) => (this.#resolve = resolve));
  }
}
