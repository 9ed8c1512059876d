import type { IdleCalls } from '../calls/end-idle.js';
import { isProbe } from './health/limit-probes.js';
import type { CallCheck } from './refusal.js';

/** Refuses calls of a principal that does not read its answers. */
export function limitUnread(calls: IdleCalls): CallCheck {
  return ({ path, principal }) => {
    if (!isProbe(path)) calls.checkReading(principal);
  };
}
