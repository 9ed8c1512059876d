/**
 * Answers that are computed side by side and written in order. At most `limit` are in work or unwritten: `add` waits,
 * so whoever produces them slows down to the pace of computing and of the reader.
 */
export class OrderedAnswers<T> {
  #open = 0;
  #last: Promise<void> = Promise.resolve();
  #failure: { readonly thrown: unknown } | undefined;
  #wake: (() => void) | undefined;

  constructor(
    private readonly limit: number,
    private readonly write: (answer: T) => Promise<void>,
  ) {}

  /** Starts computing an answer. Throws what an earlier one failed with. */
  async add(compute: () => Promise<T>): Promise<void> {
    while (this.#open >= this.limit && !this.#failure) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    if (this.#failure) throw this.#failure.thrown;
    this.#open++;
    const answer = compute();
    answer.catch(() => undefined);
    this.#last = this.#last
      .then(async () => {
        if (!this.#failure) await this.write(await answer);
      })
      .catch((thrown: unknown) => {
        this.#failure ??= { thrown };
      })
      .finally(() => {
        this.#open--;
        this.#wake?.();
      });
  }

  /** Waits until everything added has been written. Throws what one failed with. */
  async done(): Promise<void> {
    await this.#last;
    if (this.#failure) throw this.#failure.thrown;
  }
}
