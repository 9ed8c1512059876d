import type { TriptychError } from '@triptych/core';

/** The calls that handlers are at work on: all of them can be ended at once. */
export class OpenCalls {
  readonly #open = new Set<AbortController>();
  #ended: TriptychError | undefined;

  /** A call's own signal, until it is {@link closed}. */
  open(): AbortController {
    const controller = new AbortController();
    this.#open.add(controller);
    if (this.#ended) controller.abort(this.#ended);
    return controller;
  }

  closed(controller: AbortController): void {
    this.#open.delete(controller);
  }

  /** Has every call fail with this, those that are yet to come too. */
  end(reason: TriptychError): void {
    this.#ended = reason;
    for (const controller of this.#open) controller.abort(reason);
  }
}
