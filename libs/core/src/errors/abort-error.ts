import { TriptychError } from './triptych-error.js';

/** What calls are aborted with whose client has gone. One for all: a stack for each would cost more than what it ends. */
export const clientGone = new TriptychError('CANCELLED', 'the client cancelled the call');

/** What a signal aborted with, where that is an error of ours; else CANCELLED. */
export function abortError(signal?: AbortSignal): TriptychError {
  const reason: unknown = signal?.reason;
  return reason instanceof TriptychError ? reason : clientGone;
}
