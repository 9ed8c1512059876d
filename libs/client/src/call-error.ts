import type { ErrorDetails } from '@triptych/protocol';

/** A failed call: its gRPC status code, and what the server said of it. */
export class CallError extends Error {
  override readonly name = 'CallError';

  constructor(
    /** A `google.rpc.Code`. */
    readonly code: number,
    message: string,
    /** Triptych's reason, the offending fields and when to try again; undefined where the server sent none. */
    readonly details: ErrorDetails | undefined,
  ) {
    super(message);
  }
}
