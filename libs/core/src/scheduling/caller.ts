/** Whom work is done for. Principals share what there is equally, and the flows of one principal share its part equally. */
export interface Caller {
  /** Who answers for the call: compared as a `Map` key is. */
  readonly principal: unknown;
  /** One of its streams, or what stands for all unary calls of a connection. */
  readonly flow: unknown;
}

/** A caller that shares nothing with any other. */
export function soleCaller(): Caller {
  return { principal: {}, flow: {} };
}
