import { TriptychError } from './triptych-error.js';

/** What a signal aborted with, where that is an error of ours; else CANCELLED: who called has gone. */
export function abortError(signal?: AbortSignal): TriptychError {
  const reason: unknown = signal?.reason;
  return reason instanceof TriptychError
    ? reason
    : new TriptychError('CANCELLED', 'the client cancelled the call');
}
