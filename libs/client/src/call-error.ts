import type { ServiceError } from '@grpc/grpc-js';
import { messageOf } from '@triptych/core';
import { decodeStatus, type ErrorDetails } from '@triptych/protocol';

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

  static from(error: ServiceError | Error): CallError {
    if (!('code' in error)) return new CallError(2, messageOf(error), undefined);
    const [bytes] = error.metadata?.get('grpc-status-details-bin') ?? [];
    const details = bytes instanceof Uint8Array ? decodeStatus(bytes) : undefined;
    return new CallError(error.code, error.details, details);
  }
}
