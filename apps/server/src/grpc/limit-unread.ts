import { overloaded } from '@triptych/engine';
import type { IdleCalls } from './end-idle.js';
import { isProbe } from './health/limit-probes.js';
import type { CallCheck } from './refusal.js';

/** Refuses calls of a principal that does not read its answers: nothing more is computed for it meanwhile. */
export function limitUnread(calls: IdleCalls, most: number): CallCheck {
  return ({ path, principal }) => {
    const bytes = calls.unreadOf(principal);
    if (bytes <= most || isProbe(path)) return;
    throw overloaded(`${bytes} bytes of answers wait for you to read them, at most ${most} may`);
  };
}
