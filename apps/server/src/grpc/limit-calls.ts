import type { CallLimit } from '@triptych/engine';
import { isProbe } from './health/limit-probes.js';
import type { CallCheck } from './refusal.js';

/** Refuses calls beyond a limit. Probes do not count: a server that is full is no dead one. */
export function limitCalls(limit: CallLimit): CallCheck {
  return ({ path, principal, connection }) => {
    if (isProbe(path)) return undefined;
    return limit.enter(principal, principal === connection.id ? connection.address : undefined);
  };
}
