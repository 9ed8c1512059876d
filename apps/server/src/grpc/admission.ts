import { TriptychError } from '@triptych/core';

/**
 * Bounds what unary calls may have in the server at a time, from their arrival to their answer. Beyond it they are
 * refused at once: a client that is told to come back is better off than one that waits in a line too long.
 */
export class Admission {
  #items = 0;
  #bytes = 0;

  constructor(private readonly limits: { readonly maxItems: number; readonly maxBytes: number }) {}

  /** Runs `work` with its items counted in. Throws OVERLOADED where they do not fit; alone, any batch does. */
  async run<T>(items: number, bytes: number, work: () => Promise<T>): Promise<T> {
    const { maxItems, maxBytes } = this.limits;
    if (this.#items > 0 && (this.#items + items > maxItems || this.#bytes + bytes > maxBytes)) {
      throw new TriptychError(
        'OVERLOADED',
        `${this.#items} items are in work, at most ${maxItems} or ${maxBytes} bytes may be; try again later`,
      );
    }
    this.#items += items;
    this.#bytes += bytes;
    try {
      return await work();
    } finally {
      this.#items -= items;
      this.#bytes -= bytes;
    }
  }
}
