/** Whom work is done for. Principals share what there is equally, and the flows of one principal share its part equally. */
export interface Caller {
  /** Who answers for the call: compared as a `Map` key is. */
  readonly principal: unknown;
  /** One of its streams (a {@link StreamFlow}), or what stands for all unary calls of a connection. */
  readonly flow: unknown;
}

/** A stream as a flow of its principal. Once it has ended it asks for nothing more: no share is kept for it. */
export class StreamFlow {
  #hasEnded = false;

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  end(): void {
    this.#hasEnded = true;
  }
}

/** Whether a flow is a stream that has ended. */
export function hasEnded(flow: unknown): boolean {
  return flow instanceof StreamFlow && flow.hasEnded;
}

/** A caller that shares nothing with any other. */
export function soleCaller(): Caller {
  return { principal: {}, flow: {} };
}
