import type { ErrorCode, TriptychError } from '@triptych/core';

/** The one mapping from kinds of failure to the codes of `google.rpc.Code`, which gRPC, its clients and our metrics know. */
export const codeOf = {
  'invalid-input': 'INVALID_ARGUMENT',
  'unknown-enum': 'INVALID_ARGUMENT',
  'bad-stream-order': 'INVALID_ARGUMENT',
  'payload-too-large': 'RESOURCE_EXHAUSTED',
  overloaded: 'RESOURCE_EXHAUSTED',
  'model-not-found': 'NOT_FOUND',
  'modality-not-served': 'UNIMPLEMENTED',
  'not-ready': 'UNAVAILABLE',
  draining: 'UNAVAILABLE',
  cancelled: 'CANCELLED',
  'deadline-passed': 'DEADLINE_EXCEEDED',
  unauthenticated: 'UNAUTHENTICATED',
  'permission-denied': 'PERMISSION_DENIED',
  'load-failed': 'FAILED_PRECONDITION',
  'bad-weights': 'INTERNAL',
  'bad-config': 'INTERNAL',
  internal: 'INTERNAL',
} as const satisfies Record<ErrorCode, string>;

/** What a client is told to wait before it tries a retryable failure again, where nothing better is known. */
const RETRY_DELAY_MS = 250;

const MAX_MESSAGE_LENGTH = 500;

/** What a client may read of a failure: for faults of the server itself, a plain text and nothing of the cause. */
export function publicMessage(error: TriptychError): string {
  if (codeOf[error.code] === 'INTERNAL') return 'internal error; the server log has the cause';
  return clip(error.message);
}

/**
 * A message may travel in a header, and quote what the client sent: one of a megabyte would never arrive, and take its connection
 * with it.
 */
export function clip(message: string): string {
  const text = message.length <= MAX_MESSAGE_LENGTH ? message : `${message.slice(0, MAX_MESSAGE_LENGTH)}…`;
  return text.toWellFormed();
}

/** What a client is to wait before it tries again; undefined where that would not help. */
export function retryDelayOf(error: TriptychError): number | undefined {
  return error.retryable ? (error.retryAfterMs ?? RETRY_DELAY_MS) : undefined;
}
