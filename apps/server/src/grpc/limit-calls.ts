import { TriptychError } from '@triptych/core';
import { isProbe } from './health/limit-probes.js';
import type { CallCheck } from './refusal.js';

/**
 * Refuses calls beyond `most` that are open at a time, over all connections. Probes do not count: a server that is full is
 * no dead one.
 */
export function limitCalls(most: number): CallCheck {
  let open = 0;
  return ({ path }) => {
    if (isProbe(path)) return undefined;
    if (open >= most) {
      const message = `${most} calls are open, as many as this server allows; try again later`;
      throw new TriptychError('OVERLOADED', message);
    }
    open++;
    return () => open--;
  };
}
