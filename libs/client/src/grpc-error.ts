import type { ServiceError } from '@grpc/grpc-js';
import { messageOf } from '@triptych/core';
import { decodeStatus } from '@triptych/protocol';
import { CallError } from './call-error.js';

/** A failure of gRPC's library as a {@link CallError}. */
export function fromGrpc(error: ServiceError | Error): CallError {
  if (!('code' in error)) return new CallError(2, messageOf(error), undefined);
  const [bytes] = error.metadata?.get('grpc-status-details-bin') ?? [];
  const details = bytes instanceof Uint8Array ? decodeStatus(bytes) : undefined;
  return new CallError(error.code, error.details, details);
}
