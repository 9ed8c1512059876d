import { type ErrorCode, TriptychError } from '@triptych/core';

/** The one mapping from kinds of failure to statuses of HTTP. */
const statusOf: Record<ErrorCode, number> = {
  'invalid-input': 400,
  'unknown-enum': 400,
  'bad-stream-order': 400,
  'payload-too-large': 413,
  overloaded: 429,
  'model-not-found': 404,
  // Not 501: clients try again what a server says is its own fault.
  'modality-not-served': 400,
  'load-failed': 500,
  'not-ready': 503,
  draining: 503,
  // Nobody is there to read it.
  cancelled: 499,
  'deadline-passed': 504,
  unauthenticated: 401,
  'permission-denied': 403,
  'bad-weights': 500,
  'bad-config': 500,
  internal: 500,
};

/** What a failure that is none of the catalogue's kinds is to HTTP. */
export class HttpError extends TriptychError {
  constructor(
    readonly status: 404 | 405 | 408 | 415,
    message: string,
    /** Of the answer. */
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(status === 404 || status === 405 ? 'NOT_IMPLEMENTED' : 'MESSAGE_MALFORMED', message);
  }
}

export function statusFor(error: TriptychError): number {
  if (error instanceof HttpError) return error.status;
  // Its sender was too slow.
  if (error.reason === 'CALL_IDLE') return 408;
  return statusOf[error.code];
}
