import { Metadata, status as grpcStatus, type StatusObject } from '@grpc/grpc-js';
import type { TriptychError } from '@triptych/core';
import { type ErrorCode } from '@triptych/core';
import { encodeStatus, type ItemError } from '@triptych/protocol';

/** The one mapping from kinds of failure to gRPC statuses. */
const statusOf: Record<ErrorCode, grpcStatus> = {
  'invalid-input': grpcStatus.INVALID_ARGUMENT,
  'unknown-enum': grpcStatus.INVALID_ARGUMENT,
  'bad-stream-order': grpcStatus.INVALID_ARGUMENT,
  'payload-too-large': grpcStatus.RESOURCE_EXHAUSTED,
  overloaded: grpcStatus.RESOURCE_EXHAUSTED,
  'model-not-found': grpcStatus.NOT_FOUND,
  'modality-not-served': grpcStatus.UNIMPLEMENTED,
  'not-ready': grpcStatus.UNAVAILABLE,
  draining: grpcStatus.UNAVAILABLE,
  cancelled: grpcStatus.CANCELLED,
  'deadline-passed': grpcStatus.DEADLINE_EXCEEDED,
  unauthenticated: grpcStatus.UNAUTHENTICATED,
  'permission-denied': grpcStatus.PERMISSION_DENIED,
  'bad-weights': grpcStatus.INTERNAL,
  'bad-config': grpcStatus.INTERNAL,
  internal: grpcStatus.INTERNAL,
};

/** What a client is told to wait before it tries a retryable failure again, where nothing better is known. */
const RETRY_DELAY_MS = 250;

const MAX_MESSAGE_LENGTH = 500;

/** Trailer of the serialised `google.rpc.Status`. */
export const DETAILS_KEY = 'grpc-status-details-bin';

/** What a client may read of a failure: for faults of the server itself, a plain text and nothing of the cause. */
function publicView(error: TriptychError): { code: grpcStatus; message: string } {
  const code = statusOf[error.code];
  const isOurFault = code === grpcStatus.INTERNAL;
  return {
    code,
    message: isOurFault ? 'internal error; the server log has the cause' : clip(error.message),
  };
}

/**
 * A message travels in a header, and may quote what the client sent: one of a megabyte would never arrive, and take its
 * connection with it.
 */
export function clip(message: string): string {
  const text = message.length <= MAX_MESSAGE_LENGTH ? message : `${message.slice(0, MAX_MESSAGE_LENGTH)}…`;
  return text.toWellFormed();
}

/** A call's status as grpc-js sends it. */
export type CallStatus = Pick<StatusObject, 'code' | 'details' | 'metadata'>;

/** The status of a failed call, with details that programs can read. */
export function toStatus(error: TriptychError, requestId?: string): CallStatus {
  const { code, message } = publicView(error);
  const metadata = new Metadata();
  // Nobody is there to read it; where somebody is, details are added as it is sent.
  if (error.code === 'cancelled') return { code, details: message, metadata };
  const violations = error.field === undefined ? [] : [{ field: error.field, description: message }];
  const retryDelayMs = error.retryable ? (error.retryAfterMs ?? RETRY_DELAY_MS) : undefined;
  const { reason } = error;
  const resource = error.resource && { ...error.resource, name: clip(error.resource.name) };
  metadata.set(
    DETAILS_KEY,
    encodeStatus(code, message, { reason, violations, retryDelayMs, resource, requestId }),
  );
  return { code, details: message, metadata };
}

/** One item's failure, while its batch or stream goes on. */
export function toItemError(error: TriptychError): ItemError {
  const { code, message } = publicView(error);
  return { code, reason: error.reason, message, field: error.field ?? '', retryable: error.retryable };
}
