/** Answers to numbered requests, given out in the order of the requests; how far requests run ahead of what was given out is bounded. */
export class InOrder<Answer> {
  readonly #early = new Map<number, Answer>();
  #next = 0;
  #isClosed = false;
  #mayGoOn: (() => void) | undefined;

  /** `ahead`: requests from the first whose answer is not given out, that one included. */
  constructor(private readonly ahead: number) {}

  /** Resolves once the request of this number may be sent, to whether anybody still reads answers: one waits at a time. */
  async turn(request: number): Promise<boolean> {
    while (!this.#isClosed && request >= this.#next + this.ahead)
      await new Promise<void>((resolve) => {
        this.#mayGoOn = resolve;
      });
    return !this.#isClosed;
  }

  /** Nobody reads answers any more. */
  close(): void {
    this.#isClosed = true;
    this.#mayGoOn?.();
  }

  /** Takes an answer, and gives out those whose turn it is. */
  *take(request: number, answer: Answer): Generator<Answer> {
    this.#early.set(request, answer);
    for (let due = this.#early.get(this.#next); due !== undefined; due = this.#early.get(this.#next)) {
      this.#early.delete(this.#next++);
      this.#mayGoOn?.();
      yield due;
    }
  }
}
