import { TriptychError } from '@triptych/core';
import { publicMessage } from './public-error.js';

/** What a client may read of a failure, behind our reason: the protocol's clients show a message and nothing else. */
export function namedMessage(error: TriptychError): string {
  return `${error.reason}: ${publicMessage(error)}`;
}

/** The same failure, with its reason in its message. */
export function named(thrown: unknown): TriptychError {
  const error = TriptychError.from(thrown);
  if (error.code === 'internal' || error.code === 'cancelled') return error;
  const { reason, field, resource, retryAfterMs, cause } = error;
  return new TriptychError(reason, namedMessage(error), { field, resource, retryAfterMs, cause });
}
