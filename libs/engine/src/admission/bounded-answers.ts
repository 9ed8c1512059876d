/** `as-added`: answers keep the order of what they answer. `as-ready`: each is written once it is there. */
export type AnswerOrder = 'as-added' | 'as-ready';

/**
 * Answers that are computed side by side and written one at a time. Those in work or unwritten weigh at most `limit`
 * together: `add` and `room` wait, so whoever produces them slows down to the pace of computing and of the reader.
 */
export class BoundedAnswers<T> {
  #open = 0;
  /** Settles once everything that may be written so far is. */
  #written: Promise<void> = Promise.resolve();
  readonly #adding = new Set<Promise<void>>();
  #failure: { readonly thrown: unknown } | undefined;
  #wake: (() => void) | undefined;

  constructor(
    private readonly limit: number,
    private readonly order: AnswerOrder,
    private readonly write: (answer: T) => Promise<void>,
  ) {}

  /** Starts computing an answer. Throws what an earlier one failed with. Alone, an answer may be of any weight. */
  async add(compute: () => Promise<T>, weight = 1): Promise<void> {
    await this.#until(() => this.#open === 0 || this.#open + weight <= this.limit);
    this.#open += weight;
    const answer = compute();
    const done = (
      this.order === 'as-added' ? this.#inTurn(answer) : answer.then((value) => this.#inTurn(value))
    )
      .catch((thrown: unknown) => {
        this.#failure ??= { thrown };
      })
      .finally(() => {
        this.#adding.delete(done);
        this.#open -= weight;
        this.#wake?.();
      });
    this.#adding.add(done);
  }

  /** Waits until there is room, and says how much: an answer need not even be made before. Throws what an earlier one failed with. */
  async room(): Promise<number> {
    await this.#until(() => this.#open < this.limit);
    return this.limit - this.#open;
  }

  /** Waits until everything added has been written. Throws what one failed with. */
  async done(): Promise<void> {
    await Promise.all(this.#adding);
    if (this.#failure) throw this.#failure.thrown;
  }

  async #until(hasRoom: () => boolean): Promise<void> {
    while (!hasRoom() && !this.#failure) await new Promise<void>((resolve) => (this.#wake = resolve));
    if (this.#failure) throw this.#failure.thrown;
  }

  /** Takes its turn now, and writes when both the ones before it and the answer itself are there. */
  #inTurn(answer: T | Promise<T>): Promise<void> {
    const before = this.#written;
    const mine = (async () => {
      const [value] = await Promise.all([answer, before]);
      if (!this.#failure) await this.write(value);
    })();
    this.#written = mine.catch(() => undefined);
    return mine;
  }
}
