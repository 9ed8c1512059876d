/**
 * A recording that may still be coming: samples are read as they are wanted, and somewhat ahead, and those that are not wanted any more
 * are forgotten. What it holds does not grow with its length.
 */
export class Recording {
  #held = new Float32Array(0);
  /** Of the first sample that is held. */
  #first = 0;
  #length = 0;
  #padding = 0;
  /** Samples that somebody waits for. */
  #wanted = 0;
  #ended = false;
  #closed = false;
  #failure: { readonly thrown: unknown } | undefined;
  #wake: (() => void)[] = [];

  /** `pieces` are read while fewer than `ahead` samples are held, or than somebody waits for: those and one piece are the most that there are. */
  constructor(
    pieces: AsyncIterable<Float32Array>,
    private readonly ahead: number,
  ) {
    void this.#read(pieces);
  }

  /** Samples that have come. */
  get length(): number {
    return this.#length;
  }

  /** The same without the silence behind it. */
  get heard(): number {
    return this.#length - this.#padding;
  }

  /** Of the samples that are held, and of the room for more. */
  get bytes(): number {
    return this.#held.byteLength;
  }

  /** No more come. */
  get ended(): boolean {
    return this.#ended;
  }

  /** The sample at a position; beyond the ends of what has come, it is mirrored there. */
  at(position: number): number {
    const last = this.#length - 1;
    const from = Math.abs(position);
    return this.#held[(from > last ? 2 * last - from : from) - this.#first] ?? 0;
  }

  /** Resolves once so many samples have come, or all have, however far ahead they are. Throws what reading them failed of. */
  async reach(length: number): Promise<void> {
    if (length > this.#wanted) {
      this.#wanted = length;
      this.#changed();
    }
    while (this.#length < length && !this.#ended) {
      if (this.#failure) throw this.#failure.thrown;
      await this.#change();
    }
  }

  /** Samples before that are not wanted any more. */
  forget(before: number): void {
    const gone = Math.min(before, this.#length) - this.#first;
    if (gone <= 0) return;
    this.#held.copyWithin(0, gone, this.#length - this.#first);
    this.#first += gone;
    this.#changed();
  }

  /** Silence follows what has come, up to a length. */
  pad(length: number): void {
    const missing = length - this.#length;
    if (missing <= 0) return;
    this.#padding += missing;
    this.#add(new Float32Array(missing));
  }

  close(): void {
    this.#closed = true;
    this.#changed();
  }

  async #read(pieces: AsyncIterable<Float32Array>): Promise<void> {
    try {
      for await (const piece of pieces) {
        this.#add(piece);
        while (this.#isFull() && !this.#closed) await this.#change();
        if (this.#closed) return;
      }
      this.#ended = true;
    } catch (thrown) {
      this.#failure = { thrown };
    } finally {
      this.#changed();
    }
  }

  #isFull(): boolean {
    return this.#length - this.#first >= this.ahead && this.#length >= this.#wanted;
  }

  #add(samples: Float32Array): void {
    const held = this.#length - this.#first;
    const needed = held + samples.length;
    if (needed > this.#held.length) {
      const grown = new Float32Array(Math.max(needed, Math.min(2 * needed, this.ahead + samples.length)));
      grown.set(this.#held.subarray(0, held));
      this.#held = grown;
    }
    this.#held.set(samples, held);
    this.#length += samples.length;
    this.#changed();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#wake.push(resolve));
  }

  #changed(): void {
    const waiting = this.#wake;
    this.#wake = [];
    for (const wake of waiting) wake();
  }
}
