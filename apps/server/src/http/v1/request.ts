import type { Engine, HeldBytes } from '@triptych/engine';
import type { HttpCall } from '../call.js';

/** A request of one of these routes, its body read. */
export interface V1Request {
  readonly engine: Engine;
  readonly call: HttpCall;
  readonly bodyBytes: number;
  /** The body, and what is decoded of it, as they are counted until the engine counts them. */
  readonly held: HeldBytes;
}
