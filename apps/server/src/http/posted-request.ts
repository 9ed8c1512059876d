import type { Engine, HeldBytes } from '@triptych/engine';
import type { HttpCall } from './call.js';
import type { InputReader } from './input/media.js';

/** A request whose body is JSON, and read. */
export interface PostedRequest {
  readonly engine: Engine;
  readonly call: HttpCall;
  readonly bodyBytes: number;
  readonly reader: InputReader;
  /** The body, what is decoded of it and what was fetched for it, as they are counted until the engine counts them. */
  readonly held: Pick<HeldBytes, 'leave'>;
}
