import { CallError } from './call-error.js';

const FAILED_PRECONDITION = 9;

/** What says whether two models' vectors can be compared. */
export interface ComparableStamp {
  readonly fingerprint: string;
  readonly space: string;
}

/** Throws a {@link CallError} where vectors of one call or stream would come from two models: they could not be compared. */
export function requireSameModel(
  before: ComparableStamp | null | undefined,
  now: ComparableStamp | null | undefined,
): void {
  if (!before || !now || (before.fingerprint === now.fingerprint && before.space === now.space)) return;
  const text = `the server's model changed from ${before.fingerprint} to ${now.fingerprint} meanwhile; encode all anew`;
  throw new CallError(FAILED_PRECONDITION, text, undefined);
}
