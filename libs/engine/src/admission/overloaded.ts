import { TriptychError } from '@triptych/core';

const SHORTEST_MS = 250;
const LONGEST_MS = 10_000;

/** OVERLOADED, with how long what is in the way is expected to take. */
export function overloaded(what: string, expectedMs = 0): TriptychError {
  const retryAfterMs = Math.round(Math.min(LONGEST_MS, Math.max(SHORTEST_MS, expectedMs)));
  return new TriptychError('OVERLOADED', `${what}; try again in ${retryAfterMs} ms`, { retryAfterMs });
}
